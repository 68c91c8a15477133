import { AppError } from '../app-error.ts';

/**
 * The table that is there while a store is filled by `sluice move`: it is made before anything else and dropped when every row was
 * compared. A store that has it is not whole and is not opened.
 */
export const MOVING_TABLE = 'moving';

export const unfinishedMove = (where: string): AppError =>
  new AppError(
    'store_unfinished',
    409,
    `${where} is the target of a \`sluice move\` that did not come to its end, so it is not whole. ` +
      'Run that move again with --restart; the store that it came from is as it was.',
  );
