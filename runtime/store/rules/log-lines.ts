import { LOG_LEVELS } from '../../words.ts';
import type { LogRow } from '../log-store.ts';

/** A line as both stores have it, with its number; `level` is the place in `LOG_LEVELS`. */
export type NumberedLine = Omit<LogRow, 'level'> & { readonly level: number };

/** The line as it is read. */
export const readLine = (line: NumberedLine): LogRow =>
  Object.freeze({ ...line, level: LOG_LEVELS[line.level] ?? 'info' });
