import { type Entered, isEntryOf } from '../wire/recording.ts';

/**
 * Why a runner ended.
 *
 *   exit       by itself: a crash, or somebody else's signal; `memory` when its last words were about memory
 *   memory     it grew beyond what its jobs may use; `alone`: it has never had but one job
 *   overdue    an entry did not end at its limit: code that cannot be interrupted
 *   silent     it did not answer any more
 *   violation  it sent what a runner of ours does not send
 *   unwanted   idle, worn out, or the server stops
 */
export type EndCause =
  | { readonly kind: 'exit'; readonly how: string; readonly crashed: boolean; readonly memory: boolean }
  | { readonly kind: 'silent' | 'unwanted' }
  | { readonly kind: 'memory'; readonly alone: boolean }
  | { readonly kind: 'overdue'; readonly entered: Entered }
  | { readonly kind: 'violation'; readonly what: string };

/** What the end of its runner means for one job. */
export interface Loss {
  /**
   * guilty     its own code did it
   * suspect    it, or another that ran at the same moment
   * bystander  certainly not
   */
  readonly verdict: 'guilty' | 'suspect' | 'bystander';
  /** The limit that a guilty job went over; null for a crash. */
  readonly limit: 'memory' | 'cpu' | 'wall' | null;
  /** The middle of a sentence: "because ...". */
  readonly reason: string;
}

/** Judges one of the jobs that the runner held. `entered` is what ran at the end, `held` how many jobs there were. */
export function judgeLoss(cause: EndCause, entered: readonly Entered[], held: number, jobId: string): Loss {
  const reason = reasonOf(cause);
  switch (cause.kind) {
    case 'unwanted':
      return { verdict: 'bystander', limit: null, reason };
    case 'overdue': {
      const guilty = isEntryOf(cause.entered, jobId);
      return { verdict: guilty ? 'guilty' : 'bystander', limit: guilty ? cause.entered.limit : null, reason };
    }
    case 'violation':
      return { verdict: held === 1 ? 'guilty' : 'suspect', limit: null, reason };
    case 'exit':
      // Somebody else's signal is nobody's fault here, unless it was the system's, short of memory.
      if (!cause.crashed)
        return { verdict: runs(entered, jobId) ? 'suspect' : 'bystander', limit: null, reason };
      return { verdict: verdictOf(entered, held, jobId), limit: cause.memory ? 'memory' : null, reason };
    case 'memory':
      // Jobs that wait hold memory as well, and ended ones may have left some: who runs may have taken the last of it only.
      return { verdict: cause.alone ? 'guilty' : 'suspect', limit: 'memory', reason };
    case 'silent':
      return { verdict: verdictOf(entered, held, jobId), limit: null, reason };
  }
}

function verdictOf(entered: readonly Entered[], held: number, jobId: string): Loss['verdict'] {
  if (entered.length === 0) return held === 1 ? 'guilty' : 'suspect';
  if (!runs(entered, jobId)) return 'bystander';
  return entered.length === 1 ? 'guilty' : 'suspect';
}

const runs = (entered: readonly Entered[], jobId: string): boolean =>
  entered.some((entry) => isEntryOf(entry, jobId));

function reasonOf(cause: EndCause): string {
  switch (cause.kind) {
    case 'exit':
      return `its runner process ended (${cause.how})`;
    case 'memory':
      return 'its runner process used too much memory';
    case 'overdue':
      return 'its runner process had to be stopped: code in it could not be interrupted';
    case 'silent':
      return 'its runner process did not answer any more';
    case 'violation':
      return `its runner process broke the rules (${cause.what})`;
    case 'unwanted':
      return 'its runner process was stopped';
  }
}
