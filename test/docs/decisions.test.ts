import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/docs/pages.ts';

const folder = join(ROOT, 'docs/decisions');
const files = readdirSync(folder).sort();

it('numbers each decision once, without a gap', () => {
  const numbers = files.map((file) => Number(file.slice(0, 4)));
  expect(numbers).toEqual(files.map((_file, index) => index + 1));
});

it.each(files)('%s has its number in its heading', (file) => {
  const [heading = ''] = readFileSync(join(folder, file), 'utf8').split('\n');
  expect(heading).toMatch(new RegExp(`^# ${Number(file.slice(0, 4))}\\. `));
});
