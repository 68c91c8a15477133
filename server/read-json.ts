import type { z } from 'zod';
import { AppError } from '../runtime/app-error.ts';
import { hasMoreValues } from './count-values.ts';
import { explainIssues } from './explain-issues.ts';

/** A deploy has up to 10 MB of files and a package bundle, both as JSON text. */
export const LARGEST_BODY = 32 * 1024 ** 2;
const DEEPEST = 1000;
const MOST_VALUES = 200_000;

/** The body of an API request by its schema. An empty body counts as `{}`. Every refusal is a 400, too much is a 413. */
export async function readJson<Body>(request: Request, schema: z.ZodType<Body>): Promise<Body> {
  const value = parse(await readText(request));
  refuseHostile(value);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const details = explainIssues(result.error, 'body');
  throw new AppError('invalid_body', 400, `The body is not valid. ${details.join(' ')}`, { details });
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > LARGEST_BODY) {
      throw new AppError('body_too_large', 413, `The body is larger than ${LARGEST_BODY} bytes.`);
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AppError('malformed_body', 400, 'The body is not UTF-8 text.', { cause });
  }
}

function parse(text: string): unknown {
  if (text.trim() === '') return {};
  if (hasMoreValues(text, MOST_VALUES)) {
    throw new AppError('body_too_large', 413, `The body has more than ${MOST_VALUES} values.`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('malformed_body', 400, 'The body is not valid JSON.', { cause });
  }
}

/** Looks at every object without recursion, so that depth itself can be refused. */
function refuseHostile(value: unknown): void {
  let level: object[] = isObject(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      throw new AppError('malformed_body', 400, `The body is nested deeper than ${DEEPEST} levels.`);
    }
    if (level.some((object) => Object.hasOwn(object, '__proto__'))) {
      throw new AppError('malformed_body', 400, 'The body has a field "__proto__". Rename it.');
    }
    level = level.flatMap((object) => Object.values(object).filter(isObject));
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
