import type { HttpRequestData, Pairs } from '../../sandbox/types.ts';
import { HookRefusal } from './hook-refusal.ts';
import { parameterOf } from './media-type.ts';

type UploadedFile = HttpRequestData['files'][number];
export interface Form {
  readonly form: Pairs;
  readonly files: readonly UploadedFile[];
}

export const MOST_PARTS = 1000;
const MOST_HEADER_BYTES = 8192;
const CRLF = Buffer.from('\r\n');
const BLANK_LINE = Buffer.from('\r\n\r\n');

/**
 * A `multipart/form-data` body (RFC 7578) that is wholly in memory; files are views of it, not copies. A part with a file
 * name is a file, kept as sent. Refuses a body whose parts are not complete.
 */
export function parseMultipart(body: Uint8Array, boundary: string, mostParts = MOST_PARTS): Form {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const form: [string, string][] = [];
  const files: UploadedFile[] = [];
  for (const { head, content } of splitParts(bytes, boundary, mostParts)) {
    const headers = parseHeaders(head);
    const disposition = headers.get('content-disposition') ?? '';
    const name = parameterOf(disposition, 'name');
    if (!/^form-data\s*(;|$)/i.test(disposition) || name === undefined) throw malformed();
    const filename = parameterOf(disposition, 'filename');
    if (filename === undefined) form.push([name, content.toString('utf8')]);
    else files.push(makeFile(name, filename, headers.get('content-type'), content));
  }
  return { form, files };
}

function makeFile(name: string, filename: string, type: string | undefined, bytes: Buffer): UploadedFile {
  return { name, filename, content_type: type ?? 'application/octet-stream', bytes };
}

/** `--boundary CRLF head CRLF CRLF content CRLF --boundary ... --boundary--`; text before and after is passed over. */
function* splitParts(
  bytes: Buffer,
  boundary: string,
  mostParts: number,
): Generator<{ head: Buffer; content: Buffer }> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let at = startOfParts(bytes, delimiter);
  for (let count = 0; !isClosing(bytes, at); count++) {
    if (count === mostParts) throw tooManyParts(mostParts);
    const lineEnd = bytes.indexOf(CRLF, at);
    if (lineEnd === -1 || bytes.subarray(at, lineEnd).toString('latin1').trim() !== '') throw malformed();
    const headEnd = bytes.indexOf(BLANK_LINE, lineEnd);
    const end = headEnd === -1 ? -1 : bytes.indexOf(delimiter, headEnd + CRLF.length);
    if (end === -1 || headEnd - lineEnd > MOST_HEADER_BYTES) throw malformed();
    yield {
      head: bytes.subarray(lineEnd + CRLF.length, Math.max(headEnd, lineEnd + CRLF.length)),
      content: bytes.subarray(Math.min(headEnd + BLANK_LINE.length, end), end),
    };
    at = end + delimiter.length;
  }
}

/** Where the first delimiter ends: at the start of the body it has no line break before it. */
function startOfParts(bytes: Buffer, delimiter: Buffer): number {
  const first = delimiter.subarray(CRLF.length);
  if (bytes.subarray(0, first.length).equals(first)) return first.length;
  const found = bytes.indexOf(delimiter);
  if (found === -1) throw malformed();
  return found + delimiter.length;
}

const DASH = 0x2d;
const isClosing = (bytes: Buffer, at: number) => bytes[at] === DASH && bytes[at + 1] === DASH;

function parseHeaders(head: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.toString('utf8').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

export const tooManyParts = (most: number): HookRefusal =>
  new HookRefusal(413, `The form has more than ${most} parts.`);

const malformed = () => new HookRefusal(400, 'The body is not the multipart/form-data that its header says.');
