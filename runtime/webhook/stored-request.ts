import { isUtf8 } from 'node:buffer';
import type { HttpRequestData, Pairs } from '../../sandbox/types.ts';
import type { Masker } from '../mask/masker.ts';
import { showableBytes, storedJson } from '../stored-json.ts';

/** Headers whose value lets their holder in somewhere. */
const SECRET_HEADER =
  /authorization|cookie|token|secret|password|passwd|credential|api-?key|session|signature|hmac/i;
const HIDDEN = '***';
const LONGEST_BODY = 32_768;
const EXCERPT = 1024;

/**
 * The copy of a webhook's request that is kept with its job, as JSON: masked, without secret headers, bounded. `hidden`: names,
 * in lower case, of more headers that are secret.
 */
export function storedRequest(
  request: HttpRequestData,
  masker: Masker,
  hidden: readonly string[] = [],
): string {
  const stored = {
    method: request.method,
    path: request.path,
    args: byName(request.args),
    form: byName(request.form),
    headers: shownHeaders(request.headers, hidden),
    body: storedBody(request, masker),
    remote_addr: request.remote_addr,
    files: request.files.map(({ name, filename, bytes }) => ({ name, filename, size: bytes.byteLength })),
  };
  return storedJson(stored, masker);
}

/** Headers by name, without the values of those that are secret. `hidden` as for `storedRequest`. */
export const shownHeaders = (headers: Pairs, hidden: readonly string[]): Record<string, string | string[]> =>
  byName(headers, (name, value) =>
    SECRET_HEADER.test(name) || hidden.includes(name.toLowerCase()) ? HIDDEN : value,
  );

/** Values by name; of a name that is there more than once, the list. Names come from outside: no prototype. */
function byName(
  pairs: Pairs,
  keep: (name: string, value: string) => string = (_name, value) => value,
): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null);
  for (const [name, given] of pairs) {
    const value = keep(name, given);
    const before = values[name];
    if (before === undefined) values[name] = value;
    else if (typeof before === 'string') values[name] = [before, value];
    else before.push(value);
  }
  return values;
}

/** What is in `form` and `files` already is not kept twice. */
function storedBody({ data, form, files }: HttpRequestData, masker: Masker): unknown {
  if (data.byteLength === 0 || form.length > 0 || files.length > 0) return null;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.byteLength <= LONGEST_BODY) {
    const shown = showableBytes(bytes);
    // Also masked before it becomes a text in JSON: where it is JSON itself, it would be escaped once more.
    return typeof shown === 'string' ? masker.mask(shown) : shown;
  }
  return { bytes: bytes.byteLength, excerpt: isUtf8(bytes) ? masker.excerpt(bytes, EXCERPT) : null };
}
