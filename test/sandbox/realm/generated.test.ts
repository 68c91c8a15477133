import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { GENERATED_FILE, generateRealm } from '../../../sandbox/realm/generate.ts';

it('the bundled realm is what its sources say (else: npm run generate)', async () => {
  expect((await readFile(GENERATED_FILE, 'utf8')) === (await generateRealm())).toBe(true);
});
