import type { Encoded } from '../../sandbox/types.ts';
import type { EnvSession, Writer } from './embedded/session.ts';

/** Whose call it is. */
export interface EnvCaller {
  readonly jobId: string;
  /** Aborted when the job ends. */
  readonly signal: AbortSignal;
}

/** `env` as code of a project reaches it: records of a connection. */
export interface Env {
  /** True for the operations that `call` knows. */
  has(operation: string): boolean;
  /** What one job keeps between its calls: its transactions. */
  open(writer: Writer, projectId: string): EnvSession;
  /** Forgets it, at the end of the job. */
  close(session: EnvSession): void;
  /**
   * One operation, arguments and result encoded. Rejects with an error for the job's code, or with an
   * `AppError` `query_limit` when a query took longer than it may: the job is to end then.
   */
  call(operation: string, args: Encoded, session: EnvSession, caller: EnvCaller): Promise<Encoded>;
}
