import { AppError } from '../../app-error.ts';

/** 422: the caller asked for too much. `details.limit` says of what: `time` or `memory`. */
export function overLimit(limit: 'time' | 'memory', timeoutMs: number, memoryBytes: number): AppError {
  const much =
    limit === 'time'
      ? `longer than ${timeoutMs / 1000} s`
      : `more than ${memoryBytes / 1024 ** 2} MB of memory`;
  const message = `This query took ${much}, which is its limit. Narrow it: name a project, a shorter time, or ask for fewer rows.`;
  const details = limit === 'time' ? { limit, ms: timeoutMs } : { limit, bytes: memoryBytes };
  return new AppError('query_limit', 422, message, { details });
}

export const tooBusy = (): AppError =>
  new AppError('reader_busy', 503, 'Too many queries are waiting for the database. Try again in a moment.');

export const lostAnswer = (reason: string): AppError =>
  new AppError(
    'reader_lost',
    500,
    `The process that reads the database was lost twice (${reason}). Try again; if that stays so, the server's log and \`sluice doctor\` say more.`,
  );

/** Seldom seen by anyone, since the caller has gone; 499 as proxies say it. */
export const nobodyWaits = (): AppError =>
  new AppError('given_up', 499, 'The query was given up, because nobody waited for its answer any more.');
