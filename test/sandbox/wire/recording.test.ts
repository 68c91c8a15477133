import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type Entered,
  isEntryOf,
  readSlots,
  SLOT_BYTES,
  writeSlot,
} from '../../../sandbox/wire/recording.ts';

const entered: Entered = {
  jobId: '01890b1c-0000-7000-8000-00000000000a',
  limitAt: 12.5,
  limit: 'cpu',
  onThread: true,
};

function recorded(...all: readonly Entered[]): Buffer {
  const slots = all.map((entry) => {
    const slot = Buffer.alloc(SLOT_BYTES);
    writeSlot(slot, entry);
    return slot;
  });
  return Buffer.concat(slots);
}

describe('the recording of a runner', () => {
  it('gives back what was written, and leaves empty slots out', () => {
    const other: Entered = { ...entered, jobId: 'b', limit: 'wall', onThread: false };
    const recording = Buffer.concat([recorded(entered), Buffer.alloc(SLOT_BYTES), recorded(other)]);
    expect(readSlots(recording)).toEqual([entered, other]);
  });

  it('knows a job by the beginning of a long id', () => {
    const jobId = 'x'.repeat(100);
    const [read] = readSlots(recorded({ ...entered, jobId }));
    expect(read && isEntryOf(read, jobId)).toBe(true);
    expect(read && isEntryOf(read, 'x')).toBe(false);
  });

  it('reads anything a hostile runner writes, and half a slot, without an error', () => {
    for (let round = 0; round < 200; round += 1) {
      const bytes = randomBytes(round);
      expect(readSlots(bytes).length).toBeLessThanOrEqual(bytes.length / SLOT_BYTES);
    }
  });
});
