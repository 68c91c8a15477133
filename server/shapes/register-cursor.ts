import { AppError } from '../../runtime/app-error.ts';

interface Place {
  readonly name: string;
  readonly key: string;
}

/** The cursor that names an entry: keys hold any character, an address does not. */
export function cursorOf({ name, key }: Place): string {
  return Buffer.from(JSON.stringify([name, key])).toString('base64url');
}

/** Undefined without a cursor. 400 for an `after` that no list has given out. */
export function placeOfCursor(after: string | undefined): Place | undefined {
  if (after === undefined) return undefined;
  const [name, key] = parsed(after);
  if (typeof name === 'string' && typeof key === 'string') return { name, key };
  throw new AppError(
    'invalid_cursor',
    400,
    `"${after.slice(0, 60)}" is no place in this list. Use the "next" of the page before as "after", or leave it out.`,
  );
}

function parsed(after: string): readonly unknown[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
    return Array.isArray(place) ? place : [];
  } catch {
    return [];
  }
}
