import type { HashName } from './host.ts';

export type KeyUsage = 'sign' | 'verify';

export interface KeyFields {
  readonly bytes: Uint8Array;
  readonly hash: HashName;
  readonly extractable: boolean;
  readonly usages: readonly KeyUsage[];
}

const MAKER = Symbol('maker of keys');

export let makeKey: (fields: KeyFields) => CryptoKey;
export let bytesOfKey: (key: CryptoKey) => Uint8Array;

/** A key for HMAC. Its bytes do not show. */
export class CryptoKey {
  readonly #fields: KeyFields;

  static {
    makeKey = (fields) => new CryptoKey(MAKER, fields);
    bytesOfKey = (key) => key.#fields.bytes;
  }

  constructor(maker: unknown, fields: KeyFields) {
    if (maker !== MAKER) throw new TypeError('Illegal constructor');
    this.#fields = fields;
  }

  get type(): 'secret' {
    return 'secret';
  }

  get extractable(): boolean {
    return this.#fields.extractable;
  }

  get algorithm(): { name: 'HMAC'; hash: { name: HashName }; length: number } {
    const { hash, bytes } = this.#fields;
    return { name: 'HMAC', hash: { name: hash }, length: bytes.length * 8 };
  }

  get usages(): KeyUsage[] {
    return [...this.#fields.usages];
  }

  get [Symbol.toStringTag](): string {
    return 'CryptoKey';
  }
}
