import { copyOf } from './bytes.ts';
import { type Content, contentHere, Remote, shared } from './content.ts';
import { utf8Encode } from './utf8.ts';

/** What a stream is the view of. */
export interface StreamSource {
  /** The content, which counts as reading it. Throws a TypeError when it was read before. */
  take(): Content | Remote;
}

type Chunk =
  | { readonly done: false; readonly value: Uint8Array }
  | { readonly done: true; readonly value?: undefined };

const EMPTY: StreamSource = { take: () => '' };

export let makeStream: (source: StreamSource) => ReadableStream;
/** The content of a stream that nobody reads, which counts as reading it. */
export let takeStream: (stream: ReadableStream) => Content | Remote;

/**
 * The `body` of a request or response. Contents are whole, so it gives all bytes as one chunk, when they are asked for;
 * handed on as the body of a request, it brings none of them here. It has no tag, so that no library takes it for more.
 */
export class ReadableStream {
  #source: StreamSource = EMPTY;
  #locked = false;

  static {
    makeStream = (source) => {
      const stream = new ReadableStream();
      stream.#source = source;
      return stream;
    };
    takeStream = (stream) => {
      stream.#requireUnlocked();
      return stream.#source.take();
    };
  }

  /** Without a source it is empty; no other ones can be made. */
  constructor(source?: unknown) {
    if (source !== undefined && source !== null) {
      throw new TypeError('A ReadableStream cannot be made here. Use text, bytes, or the body of a response');
    }
  }

  get locked(): boolean {
    return this.#locked;
  }

  /** Lets the content go. */
  async cancel(): Promise<void> {
    const content = takeStream(this);
    if (content instanceof Remote) await content.cancel();
  }

  getReader(): object {
    this.#requireUnlocked();
    this.#locked = true;
    const chunks = this.#chunks();
    return Object.freeze({
      read: async (): Promise<Chunk> => {
        const { done, value } = await chunks.next();
        return done ? { done: true, value: undefined } : { done: false, value };
      },
      cancel: async () => {
        const content = this.#source.take();
        if (content instanceof Remote) await content.cancel();
      },
      releaseLock: () => {
        this.#locked = false;
      },
    });
  }

  /** Two streams of the same content. */
  tee(): [ReadableStream, ReadableStream] {
    const content = takeStream(this);
    return [makeStream(sourceOf(content)), makeStream(sourceOf(shared(content)))];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    this.#requireUnlocked();
    this.#locked = true;
    yield* this.#chunks();
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void> {
    const content = await contentHere(this.#source.take());
    const bytes = typeof content === 'string' ? utf8Encode(content) : copyOf(content);
    if (bytes.length > 0) yield bytes;
  }

  #requireUnlocked(): void {
    if (this.#locked) throw new TypeError('Body is unusable: Body is locked');
  }
}

function sourceOf(content: Content | Remote): StreamSource {
  let isTaken = false;
  return {
    take() {
      if (isTaken) throw new TypeError('Body is unusable: Body has already been read');
      isTaken = true;
      return content;
    },
  };
}
