import { AppError } from '../../app-error.ts';

const MB = 1024 ** 2;

/** The same query; where it went over a limit of reads, the error says what to do about one for records. */
export async function asRecordQuery<Found>(query: Promise<Found>): Promise<Found> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof AppError && error.code === 'query_limit') throw reworded(error);
    throw error;
  }
}

function reworded(error: AppError): AppError {
  const { limit, ms, bytes } = (error.details ?? {}) as Readonly<Record<string, unknown>>;
  if (limit !== 'time' && limit !== 'memory') return error;
  const much =
    limit === 'time' ? `longer than ${Number(ms) / 1000} s` : `more than ${Number(bytes) / MB} MB of memory`;
  const message = `This query for records took ${much}, which is its limit. Narrow its domain, ask for what it compares with "=" or "in", or have a field of it declared with an index.`;
  return new AppError(error.code, error.status, message, { details: error.details, cause: error });
}
