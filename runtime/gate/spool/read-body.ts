import type { Crossing } from '../crossing.ts';
import { MAX_RESPONSE_BODY } from '../limits.ts';

/**
 * The operation `fetch_body({handle, last})`: all of a body that did not come with its answer. Throws a TypeError for one that
 * is larger than what a script may hold, and for a handle of somebody else.
 */
export async function readBody(
  { origin, bodies, budget }: Crossing,
  [argument]: readonly unknown[],
): Promise<Uint8Array> {
  const { handle, isLast } = referenceOf(argument);
  const body = bodies.lend(origin, handle, isLast);
  const hold = budget.open(origin.project.project.id);
  try {
    if (body.byteLength > MAX_RESPONSE_BODY) throw new TypeError(TOO_LARGE);
    hold.add(body.byteLength);
    return await body.head(body.byteLength);
  } finally {
    hold.release();
    body.release();
  }
}

/** The operation `fetch_cancel({handle})`: nobody will read the body. */
export async function cancelBody(
  { origin, bodies }: Crossing,
  [argument]: readonly unknown[],
): Promise<void> {
  bodies.lend(origin, referenceOf(argument).handle, true).release();
}

function referenceOf(argument: unknown): { readonly handle: unknown; readonly isLast: boolean } {
  const { handle, last }: Partial<Record<string, unknown>> =
    typeof argument === 'object' && argument !== null ? { ...argument } : {};
  return { handle, isLast: last === true };
}

const TOO_LARGE = `The body is larger than ${MAX_RESPONSE_BODY} bytes, the most that a script can read. Hand it on unread: fetch(url, { method, body: response.body })`;
