import type { Encoded } from '../../sandbox/types.ts';

/** The arguments of a sub-job as JSON text that says all that the codec does: bytes as base64. */
export function writeArgs({ text, tails }: Encoded): string {
  return JSON.stringify({ text, tails: tails.map((tail) => Buffer.from(tail).toString('base64')) });
}

/** What `writeArgs` wrote. */
export function readArgs(written: string): Encoded {
  const { text, tails } = JSON.parse(written) as { readonly text: string; readonly tails: readonly string[] };
  return { text, tails: tails.map((tail) => new Uint8Array(Buffer.from(tail, 'base64'))) };
}
