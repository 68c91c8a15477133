/** Declarations of the web standards around HTTP messages, as far as realms have them. */
export const WEB_FETCH = `
type BodyInit = string | ArrayBuffer | ArrayBufferView | Blob | FormData | URLSearchParams | ReadableStream;
type HeadersInit = Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

declare class Headers implements Iterable<[string, string]> {
  constructor(init?: HeadersInit);
  append(name: string, value: string): void;
  delete(name: string): void;
  get(name: string): string | null;
  getSetCookie(): string[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  forEach(visit: (value: string, name: string, headers: Headers) => void): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

interface ReadableStreamReader {
  read(): Promise<{ readonly done: false; readonly value: Uint8Array<ArrayBuffer> } | { readonly done: true; readonly value?: undefined }>;
  cancel(): Promise<void>;
  releaseLock(): void;
}
declare class ReadableStream implements AsyncIterable<Uint8Array<ArrayBuffer>> {
  constructor();
  readonly locked: boolean;
  cancel(): Promise<void>;
  getReader(): ReadableStreamReader;
  tee(): [ReadableStream, ReadableStream];
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array<ArrayBuffer>>;
}

interface HttpMessage {
  readonly headers: Headers;
  readonly body: ReadableStream | null;
  readonly bodyUsed: boolean;
  text(): Promise<string>;
  json(): Promise<any>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  formData(): Promise<FormData>;
}

interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  body?: BodyInit | null;
  /** Taken and not looked at: other runtimes want it with a stream as body. */
  duplex?: 'half';
  redirect?: 'follow' | 'manual' | 'error';
  signal?: AbortSignal | null;
}
interface Request extends HttpMessage {}
declare class Request {
  constructor(input: string | URL | Request, options?: RequestInit);
  readonly method: string;
  readonly url: string;
  readonly redirect: 'follow' | 'manual' | 'error';
  readonly signal: AbortSignal;
  clone(): Request;
}

interface ResponseInit {
  status?: number;
  statusText?: string;
  headers?: HeadersInit;
}
interface Response extends HttpMessage {}
declare class Response {
  constructor(body?: BodyInit | null, options?: ResponseInit);
  static json(data: unknown, options?: ResponseInit): Response;
  static error(): Response;
  static redirect(url: string | URL, status?: number): Response;
  readonly type: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  clone(): Response;
}

declare class Blob {
  constructor(parts?: Iterable<string | ArrayBuffer | ArrayBufferView | Blob>, options?: { type?: string });
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number, type?: string): Blob;
  text(): Promise<string>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

type FormValue = string | Blob;
declare class FormData implements Iterable<[string, FormValue]> {
  constructor();
  append(name: string, value: FormValue, filename?: string): void;
  delete(name: string): void;
  get(name: string): FormValue | null;
  getAll(name: string): FormValue[];
  has(name: string): boolean;
  set(name: string, value: FormValue, filename?: string): void;
  forEach(visit: (value: FormValue, name: string, form: FormData) => void): void;
  entries(): IterableIterator<[string, FormValue]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<FormValue>;
  [Symbol.iterator](): IterableIterator<[string, FormValue]>;
}
`;
