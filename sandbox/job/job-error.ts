import type { JobError } from '../types.ts';

/** An error that comes from no place in the author's code. */
export const placelessError = (name: string, message: string, limit: JobError['limit'] = null): JobError => ({
  name,
  message,
  limit,
  file: null,
  line: null,
  column: null,
  stack: null,
});
