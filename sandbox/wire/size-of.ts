import type { Encoded } from '../types.ts';

/** Characters of the text plus bytes of the tails. */
export const sizeOf = ({ text, tails }: Encoded): number =>
  tails.reduce((sum, tail) => sum + tail.byteLength, text.length);
