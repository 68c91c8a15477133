import type { Encoded } from '../types.ts';
import { textOf } from './frames.ts';

/** An encoded value as the parts of a frame. */
export const toParts = ({ text, tails }: Encoded): readonly (string | Uint8Array)[] => [text, ...tails];

/** Back from the parts. Copies: they are views into the pipe's buffer. */
export function toEncoded([text, ...tails]: readonly Uint8Array[]): Encoded {
  return {
    text: textOf(text),
    tails: tails.map((tail) => new Uint8Array(tail)),
  };
}
