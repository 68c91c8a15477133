/**
 * Takes out one large file after the other, as others do at the same time, and ends with 1 when it finds one that is not whole.
 * Arguments: the folder, and how many files.
 */
import { readFileSync } from 'node:fs';
import { takeOut } from '../../server/binary/take-out.ts';

const [, , folder = '', rounds = '0'] = process.argv;
const bytes = Buffer.alloc(1_000_000, 'sluice');

for (let round = 0; round < Number(rounds); round++) {
  if (!readFileSync(takeOut(folder, `file-${round}`, bytes)).equals(bytes)) process.exit(1);
}
