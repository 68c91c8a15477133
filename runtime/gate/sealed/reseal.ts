import type { SealedValue, Seals } from '../../sealed/seals.ts';
import type { Answer } from '../exchange.ts';
import type { FetchRequest } from '../fetch-request.ts';
import type { HeaderPair } from '../headers.ts';

/** Of values that were in headers, shorter ones would be found in what has nothing to do with them. */
const LEAST_LENGTH = 8;
/** How often an address was made a parameter of another one. */
const MOST_ENCODINGS = 4;
const HOST = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i;

/** A sealed value to look for. */
interface Sought {
  readonly placeholder: string;
  /** In UTF-8. */
  readonly bytes: Buffer;
}

/**
 * The answer with placeholders for the values of sealed secrets in its `Location`. Servers repeat there what they were asked for
 * (`/list?key=VALUE` leads to `/list/?key=VALUE`): the next request is then judged by what it holds, and `url` of the answer
 * shows no value. Values in the name of the host stay.
 */
export function resealed(answer: Answer, request: FetchRequest, seals: Seals): Answer {
  if (!answer.headers.some(([name]) => name === 'location')) return answer;
  const sought = soughtIn(request, seals);
  if (sought.length === 0) return answer;
  const headers = answer.headers.map(
    ([name, value]): HeaderPair => [name, name === 'location' ? resealedText(value, sought) : value],
  );
  return { ...answer, headers };
}

/** Those that the request had: looking for others would tell whether a host that may not have them guessed one. */
function soughtIn({ destination, headers }: FetchRequest, seals: Seals): readonly Sought[] {
  const { href } = destination.url;
  const isSought = (placeholder: string, { value }: SealedValue) =>
    href.includes(placeholder) ||
    (value.length >= LEAST_LENGTH && headers.some(([, text]) => text.includes(placeholder)));
  return Object.values(seals.secrets)
    .flatMap((placeholder): Sought[] => {
      const secret = seals.secretOf(placeholder);
      if (!secret || secret.value === '' || !isSought(placeholder, secret)) return [];
      return [{ placeholder, bytes: Buffer.from(secret.value, 'utf8') }];
    })
    .sort((one, other) => other.bytes.length - one.bytes.length);
}

/** `text`: a header as it came, one character for each byte. */
function resealedText(text: string, sought: readonly Sought[]): string {
  const start = HOST.exec(text)?.[0].length ?? 0;
  let written = text.slice(0, start);
  for (let at = start; at < text.length; ) {
    const found = firstAt(text, at, sought);
    written += found?.placeholder ?? text[at];
    at = found?.end ?? at + 1;
  }
  return written;
}

function firstAt(text: string, at: number, sought: readonly Sought[]) {
  for (const { placeholder, bytes } of sought) {
    const end = endOf(text, at, bytes);
    if (end !== -1) return { placeholder, end };
  }
  return undefined;
}

/** Where the bytes that stand at `from`, percent-encoded or not, end; -1 when they do not stand there. */
function endOf(text: string, from: number, bytes: Buffer): number {
  let at = from;
  for (const byte of bytes) {
    const length = lengthAt(text, at, byte);
    if (length === 0) return -1;
    at += length;
  }
  return at;
}

/** Characters that one byte takes at a place; 0 when another one, or none, stands there. */
function lengthAt(text: string, at: number, byte: number): number {
  if (text[at] === '%') {
    for (let encodings = 0; encodings < MOST_ENCODINGS; encodings += 1) {
      const digits = at + 1 + 2 * encodings;
      if (Number.parseInt(text.slice(digits, digits + 2), 16) === byte) return digits + 2 - at;
      if (!text.startsWith('25', digits)) break;
    }
  }
  const isSame = text.charCodeAt(at) === byte || (byte === 0x20 && text[at] === '+');
  return isSame ? 1 : 0;
}
