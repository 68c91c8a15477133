import { host, type UrlParts, type UrlSetter } from './host.ts';
import { setQuery, URLSearchParams, watchParams } from './url-search-params.ts';

const invalid = (): TypeError => new TypeError('Invalid URL');

function parse(url: unknown, base: unknown): UrlParts | null {
  return host.parseUrl(`${url}`, base === undefined ? undefined : `${base}`);
}

/** The URL standard's class. The host parses; the parts are kept here. */
export class URL {
  #parts: UrlParts;
  #params: URLSearchParams | null = null;

  constructor(url: unknown, base?: unknown) {
    const parts = parse(url, base);
    if (parts === null) throw invalid();
    this.#parts = parts;
  }

  static canParse(url: unknown, base?: unknown): boolean {
    return parse(url, base) !== null;
  }

  static parse(url: unknown, base?: unknown): URL | null {
    const parts = parse(url, base);
    return parts && new URL(parts[0]);
  }

  #changed(part: UrlSetter, value: unknown): UrlParts {
    const parts = host.setUrl(this.#parts[0], part, `${value}`);
    if (parts === null) throw invalid();
    return parts;
  }

  #set(part: UrlSetter, value: unknown): void {
    this.#parts = this.#changed(part, value);
    if (this.#params && (part === 'search' || part === 'href')) setQuery(this.#params, this.#parts[9]);
  }

  get href(): string {
    return this.#parts[0];
  }
  set href(value: unknown) {
    this.#set('href', value);
  }

  get origin(): string {
    return this.#parts[1];
  }

  get protocol(): string {
    return this.#parts[2];
  }
  set protocol(value: unknown) {
    this.#set('protocol', value);
  }

  get username(): string {
    return this.#parts[3];
  }
  set username(value: unknown) {
    this.#set('username', value);
  }

  get password(): string {
    return this.#parts[4];
  }
  set password(value: unknown) {
    this.#set('password', value);
  }

  get host(): string {
    return this.#parts[5];
  }
  set host(value: unknown) {
    this.#set('host', value);
  }

  get hostname(): string {
    return this.#parts[6];
  }
  set hostname(value: unknown) {
    this.#set('hostname', value);
  }

  get port(): string {
    return this.#parts[7];
  }
  set port(value: unknown) {
    this.#set('port', value);
  }

  get pathname(): string {
    return this.#parts[8];
  }
  set pathname(value: unknown) {
    this.#set('pathname', value);
  }

  get search(): string {
    return this.#parts[9];
  }
  set search(value: unknown) {
    this.#set('search', value);
  }

  get hash(): string {
    return this.#parts[10];
  }
  set hash(value: unknown) {
    this.#set('hash', value);
  }

  /** Live both ways: a change of either shows in the other. */
  get searchParams(): URLSearchParams {
    this.#params ??= watchParams(new URLSearchParams(this.#parts[9]), (query) => {
      this.#parts = this.#changed('search', query);
    });
    return this.#params;
  }

  toString(): string {
    return this.#parts[0];
  }

  toJSON(): string {
    return this.#parts[0];
  }

  get [Symbol.toStringTag](): string {
    return 'URL';
  }
}
