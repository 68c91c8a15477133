import type { Masker } from '../mask/masker.ts';
import type { Seals } from './seals.ts';

/** A masker that knows the placeholders of one attempt besides. */
export function maskerOver(masker: Masker, seals: Seals): Masker {
  return Object.freeze({
    mask: (text: string, cut = false) => seals.mask(masker.mask(text, cut), cut),
    contains(data: string | Uint8Array) {
      for (const place of seals.places(bytesOf(data))) if (place !== null) return true;
      return masker.contains(data);
    },
    find: (data: string | Uint8Array) => masker.find(data),
    excerpt: (data: string | Uint8Array, bytes: number) =>
      seals.mask(masker.excerpt(data, bytes), data.length > bytes),
  });
}

const bytesOf = (data: string | Uint8Array): string | Buffer =>
  typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
