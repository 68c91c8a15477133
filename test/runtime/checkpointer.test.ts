import { afterEach, describe, expect, it } from 'vitest';
import { Checkpointer } from '../../runtime/checkpointer.ts';
import type { Checkpoint } from '../../runtime/store/checkpoint.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ledgerWrite } from '../support/rows.ts';
import { openTestStore } from '../support/store.ts';
import { until } from '../support/wait-for.ts';

const TEN_MINUTES = 600_000;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function open() {
  const written: Checkpoint[] = [];
  const reports: string[] = [];
  const clock = new FakeClock();
  const { store, close } = openTestStore({ onCheckpoint: (checkpoint) => written.push(checkpoint) });
  const checkpointer = new Checkpointer({ store, clock, report: (message) => reports.push(message) });
  closers.push(close, () => checkpointer.stop());
  return {
    store,
    close,
    clock,
    checkpointer,
    reports,
    written: () => written.map(({ kind, seq }) => `${kind} ${seq}`),
  };
}

describe('checkpoints of the ledger', () => {
  it('are written every ten minutes in which rows came', async () => {
    const { store, clock, checkpointer, written } = open();
    checkpointer.start();
    for (const seq of [1, 2]) {
      await store.appendLedger([ledgerWrite()]);
      await until('there is one', () => {
        clock.advance(TEN_MINUTES);
        return written().at(-1) === `going ${seq}`;
      });
    }
    expect(written()).toEqual(['opened 0', 'going 1', 'going 2']);
  });

  it('are tried again when one cannot be written, which is told once', async () => {
    const { store, close, clock, reports } = open();
    await close();
    let tries = 0;
    const checkpointLedger = () => {
      tries += 1;
      return store.checkpointLedger();
    };
    const failing = new Checkpointer({
      store: { checkpointLedger },
      clock,
      report: (message) => reports.push(message),
    });
    failing.start();
    await until('it is tried again', () => {
      clock.advance(TEN_MINUTES);
      return tries > 2;
    });
    await failing.stop();
    expect(reports).toEqual([expect.stringMatching(/^A checkpoint of the ledger cannot be written: /)]);
  });

  it('are written no more after the stop', async () => {
    const { store, clock, checkpointer, written } = open();
    checkpointer.start();
    await checkpointer.stop();
    await store.appendLedger([ledgerWrite()]);
    clock.advance(TEN_MINUTES);
    await store.appendLedger([ledgerWrite()]);
    expect(written()).toEqual(['opened 0']);
  });
});
