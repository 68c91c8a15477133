import { expect, it } from 'vitest';
import { readArgs, writeArgs } from '../../../runtime/sub-jobs/sub-job-args.ts';
import { decode } from '../../../sandbox/wire/decode.ts';
import { encode } from '../../../sandbox/wire/encode.ts';

it('arguments of a sub-job come back as they were', () => {
  const args = [
    1,
    undefined,
    new Date(5),
    new Map([['a', new Set([Number.NaN])]]),
    new Uint8Array([0, 255]),
    { a: null },
  ];
  expect(decode(readArgs(writeArgs(encode(args))))).toEqual(args);
});
