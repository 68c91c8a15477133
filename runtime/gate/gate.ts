import type { Encoded } from '../../sandbox/types.ts';
import type { LiveProject } from '../live-project.ts';
import type { Seals } from '../sealed/seals.ts';
import type { Dialled, DialPlace } from './dialled.ts';

/** On whose behalf something is about to leave. */
export interface Origin {
  readonly project: LiveProject;
  /** Null, as trigger and job are, when no job sends it but a person of the API. */
  readonly task: string | null;
  readonly trigger: string | null;
  readonly jobId: string | null;
  readonly user: string | null;
  /** Of this attempt of the job. */
  readonly seals: Seals;
  /** Aborted when the job ends. */
  readonly signal: AbortSignal;
}

/** The same for what a job sends. */
export interface JobOrigin extends Origin {
  readonly task: string;
  readonly trigger: string;
  readonly jobId: string;
}

/**
 * The only way out. Capability calls of Protected Code end here; arguments and results are encoded values.
 * Before a byte leaves, the ledger row that describes it is on disk.
 */
export interface Gate {
  /**
   * `fetch(request)` and `log_outgoing_data(recipient, data)`, with the list of their arguments encoded. A refusal is an
   * Error whose message names the rule and who can change it; every error has its secrets masked.
   */
  call(operation: string, args: Encoded, origin: Origin): Promise<Encoded>;
  /**
   * A connection for what is not HTTP, for the server's own drivers: scripts cannot call it. The place has to be opened with
   * its port in `egress`. Rejects with a `Refusal` for a rule, a `BusyError`, or a TypeError for the network. Lives until
   * somebody closes it or the origin's signal ends it.
   */
  dial(place: DialPlace, origin: Origin): Promise<Dialled>;
  /**
   * Waits until the outcomes of what came back for this origin are on disk; calls that are under way are not waited for. Gives how many
   * outcomes could not be written.
   */
  written(origin: Pick<Origin, 'signal'>): Promise<number>;
  /** Gives up what is under way, waits for its outcome rows, ends every connection. */
  close(): Promise<void>;
}
