import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { GENERATED } from '../../../server/packaging/generate.ts';

it.each(GENERATED.map(({ file, make }) => [basename(file), file, make] as const))(
  '%s is what its sources say (else: npm run generate)',
  async (_name, file, make) => {
    expect((await readFile(file, 'utf8')) === (await make())).toBe(true);
  },
);
