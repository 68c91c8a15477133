import type { Encoded } from '../../sandbox/types.ts';
import type { LiveProject } from '../live-project.ts';

/** On whose behalf something is about to leave. */
export interface Origin {
  readonly project: LiveProject;
  readonly task: string;
  readonly trigger: string;
  readonly jobId: string;
  readonly user: string | null;
  /** Aborted when the job ends. */
  readonly signal: AbortSignal;
}

/**
 * The only way out. Capability calls of Protected Code end here; arguments and results are encoded values.
 * Before a byte leaves, the ledger row that describes it is on disk.
 */
export interface Gate {
  /** `fetch` and `log_outgoing_data`. A refusal is an Error whose message names the rule and who can change it. */
  call(operation: string, args: Encoded, origin: Origin): Promise<Encoded>;
  close(): Promise<void>;
}
