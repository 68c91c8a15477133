import type { RealmLimits } from '../realm/post.ts';
import type { JobLimits } from '../types.ts';

/** The part of a job's limits that the realm counts by itself. */
export const realmLimits = ({
  logLines,
  logBytes,
  resultBytes,
  messageBytes,
  calls,
}: JobLimits): RealmLimits => ({
  logLines,
  logBytes,
  resultBytes,
  messageBytes,
  calls,
});
