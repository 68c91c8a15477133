import { writeSync } from 'node:fs';

/** Microseconds of the machine's clock, which all its processes share. */
export const machineTime = (): number => Number(process.hrtime.bigint() / 1000n);

/** One line, out before anything else happens. */
export const say = (word: string, rest = ''): void => {
  writeSync(1, `${machineTime()} ${word} ${rest}\n`);
};
