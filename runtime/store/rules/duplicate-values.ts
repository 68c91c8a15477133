import { AppError } from '../../app-error.ts';

/** 422: a field cannot become unique as it is. */
export const duplicateValues = (field: string, cause: unknown): AppError =>
  new AppError(
    'duplicate_values',
    422,
    `Not deployed: models: the field ${field} is to be unique, but two records have the same value. Find and change them first.`,
    { cause },
  );
