import { bytesOfBlob, File } from './blob.ts';
import { concat, indexOf } from './bytes.ts';
import { FormData } from './form-data.ts';
import { host } from './host.ts';
import { utf8Decode, utf8Encode } from './utf8.ts';

/** The format `multipart/form-data`. */

const BOUNDARY_BYTES = 12;
const CRLF = '\r\n';

const escapeName = (name: string): string =>
  name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');

const withCrlf = (text: string): string => text.replace(/\r\n|\r|\n/g, CRLF);

export function encodeMultipart(form: FormData): { readonly bytes: Uint8Array; readonly type: string } {
  const random = Array.from(host.randomBytes(BOUNDARY_BYTES), (byte) => byte.toString(16).padStart(2, '0'));
  const boundary = `----formdata-${random.join('')}`;
  const parts: Uint8Array[] = [];
  for (const [name, value] of form) {
    const head = `--${boundary}${CRLF}Content-Disposition: form-data; name="${escapeName(withCrlf(name))}"`;
    if (typeof value === 'string') {
      parts.push(utf8Encode(`${head}${CRLF}${CRLF}${withCrlf(value)}${CRLF}`));
      continue;
    }
    const type = value.type || 'application/octet-stream';
    const fileHead = `${head}; filename="${escapeName(value.name)}"${CRLF}Content-Type: ${type}${CRLF}${CRLF}`;
    parts.push(utf8Encode(fileHead), bytesOfBlob(value), utf8Encode(CRLF));
  }
  parts.push(utf8Encode(`--${boundary}--${CRLF}`));
  return { bytes: concat(parts), type: `multipart/form-data; boundary=${boundary}` };
}

const malformed = (): TypeError => new TypeError('The body is not valid multipart/form-data');

const unescapeName = (name: string): string =>
  name.replace(/%0A/gi, '\n').replace(/%0D/gi, '\r').replace(/%22/g, '"');

/** `name` and `filename` out of a Content-Disposition line. */
function parameter(line: string, name: 'name' | 'filename'): string | undefined {
  const found = new RegExp(`;[ \\t]*${name}="([^"]*)"`, 'i').exec(line);
  return found?.[1] === undefined ? undefined : unescapeName(found[1]);
}

function addPart(form: FormData, head: string, content: Uint8Array): void {
  const lines = head.split(CRLF);
  const disposition = lines.find((line) => /^content-disposition:[ \t]*form-data/i.test(line));
  const name = disposition && parameter(disposition, 'name');
  if (!disposition || name === undefined) throw malformed();
  const filename = parameter(disposition, 'filename');
  if (filename === undefined) {
    form.append(name, utf8Decode(content, true));
    return;
  }
  const type = lines
    .find((line) => /^content-type:/i.test(line))
    ?.slice('content-type:'.length)
    .trim();
  form.append(name, new File([content], filename, { type: type ?? 'text/plain' }));
}

export function parseMultipart(bytes: Uint8Array, boundary: string): FormData {
  const form = new FormData();
  const delimiter = utf8Encode(`--${boundary}`);
  const lineEnd = utf8Encode(CRLF);
  const headEnd = utf8Encode(CRLF + CRLF);
  const nextDelimiter = utf8Encode(`${CRLF}--${boundary}`);
  let at = indexOf(bytes, delimiter, 0);
  if (at === -1) throw malformed();
  at += delimiter.length;
  for (;;) {
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return form;
    const headStart = indexOf(bytes, lineEnd, at) + lineEnd.length;
    const contentStart = indexOf(bytes, headEnd, at);
    if (headStart < lineEnd.length || contentStart === -1) throw malformed();
    const end = indexOf(bytes, nextDelimiter, contentStart + lineEnd.length);
    if (end === -1) throw malformed();
    const head = utf8Decode(bytes.subarray(headStart, contentStart));
    addPart(form, head, bytes.subarray(contentStart + headEnd.length, end));
    at = end + nextDelimiter.length;
  }
}
