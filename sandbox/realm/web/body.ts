import { Blob, bytesOfBlob } from './blob.ts';
import { copyOf, isBytes } from './bytes.ts';
import { type Content, contentHere, type Remote } from './content.ts';
import { FormData } from './form-data.ts';
import { decodeForm } from './form-urlencoded.ts';
import type { Headers } from './headers.ts';
import { encodeMultipart, parseMultipart } from './multipart.ts';
import { makeStream, ReadableStream, takeStream } from './readable-stream.ts';
import { URLSearchParams } from './url-search-params.ts';
import { utf8Decode, utf8Encode } from './utf8.ts';

/** A content and the Content-Type that goes with it unless the headers have one. */
export interface Extracted {
  readonly content: Content | Remote;
  readonly type: string | null;
}

/** A content that nobody else can change: it is not copied again. */
export class Given {
  readonly content: Content | Remote;

  constructor(content: Content | Remote) {
    this.content = content;
  }
}

/** Takes the forms that a body may have: bytes are copied, everything unknown becomes text. */
export function extract(body: unknown): Extracted {
  if (body instanceof Given) return { content: body.content, type: null };
  if (body instanceof ReadableStream) return { content: takeStream(body), type: null };
  if (isBytes(body)) return { content: copyOf(body), type: null };
  if (body instanceof Blob) return { content: bytesOfBlob(body), type: body.type || null };
  if (body instanceof URLSearchParams) {
    return { content: `${body}`, type: 'application/x-www-form-urlencoded;charset=UTF-8' };
  }
  if (body instanceof FormData) {
    const { bytes, type } = encodeMultipart(body);
    return { content: bytes, type };
  }
  return { content: `${body}`.toWellFormed(), type: 'text/plain;charset=UTF-8' };
}

/** The bytes of a content, as they are sent. */
export const bytesOf = (content: Content): Uint8Array =>
  typeof content === 'string' ? utf8Encode(content) : content;

function textOf(content: Content): string {
  if (typeof content !== 'string') return utf8Decode(content);
  return content.startsWith('\uFEFF') ? content.slice(1) : content;
}

/** The content of a body that nobody has read, which counts as reading it; null for no body. */
export let takeContent: (body: Body) => Content | Remote | null;
/** The same without reading it; for copies. */
export let peekContent: (body: Body) => Content | Remote | null;

/** The content of a body, read now; empty for no body. */
const readContent = async (body: Body): Promise<Content> => contentHere(takeContent(body) ?? '');

/** What Request and Response share. Contents are whole from the start: they are here, or all of them are outside. */
export class Body {
  readonly #content: Content | Remote | null;
  readonly #headers: Headers;
  #used = false;
  #stream: ReadableStream | undefined;

  static {
    peekContent = (body) => {
      if (body.#used) throw new TypeError('Body is unusable: Body has already been read');
      if (body.#stream?.locked) throw new TypeError('Body is unusable: Body is locked');
      return body.#content;
    };
    takeContent = (body) => {
      const content = peekContent(body);
      body.#used = content !== null;
      return content;
    };
  }

  constructor(extracted: Extracted | null, headers: Headers) {
    this.#content = extracted === null ? null : extracted.content;
    this.#headers = headers;
    if (extracted?.type && !headers.has('content-type')) headers.append('content-type', extracted.type);
  }

  get headers(): Headers {
    return this.#headers;
  }

  get body(): ReadableStream | null {
    const content = this.#content;
    if (content === null) return null;
    this.#stream ??= makeStream({
      take: () => {
        if (this.#used) throw new TypeError('Body is unusable: Body has already been read');
        this.#used = true;
        return content;
      },
    });
    return this.#stream;
  }

  get bodyUsed(): boolean {
    return this.#used;
  }

  async text(): Promise<string> {
    return textOf(await readContent(this));
  }

  async json(): Promise<unknown> {
    return JSON.parse(textOf(await readContent(this)));
  }

  async bytes(): Promise<Uint8Array> {
    return copyOf(bytesOf(await readContent(this)));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return copyOf(bytesOf(await readContent(this))).buffer;
  }

  async blob(): Promise<Blob> {
    const content = await readContent(this);
    return new Blob([content], { type: this.#headers.get('content-type') ?? '' });
  }

  async formData(): Promise<FormData> {
    const content = await readContent(this);
    const type = this.#headers.get('content-type') ?? '';
    if (/^application\/x-www-form-urlencoded *(;|$)/i.test(type)) {
      const form = new FormData();
      for (const [name, value] of decodeForm(textOf(content))) form.append(name, value);
      return form;
    }
    const boundary = /^multipart\/form-data *;.*?\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
    const name = boundary?.[1] ?? boundary?.[2];
    if (name === undefined) throw new TypeError('The Content-Type is not that of a form');
    return parseMultipart(bytesOf(content), name);
  }
}
