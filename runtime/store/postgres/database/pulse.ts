import { messageOf } from '../../../../sandbox/message-of.ts';
import { AppError } from '../../../app-error.ts';
import type { StoreState } from '../../node-store.ts';
import type { Session } from './session.ts';

/** How often the database is asked for its time. */
const BEAT_MS = 2_000;
/** Half of what an answer takes may be wrong. One that took longer changes only what it shows to be wrong. */
const LONGEST_TRIP_MS = 250;

export interface PulseOptions {
  readonly database: Pick<Session, 'row'>;
  /** Told when the database is lost, and when it is back. */
  report(message: string): void;
}

/** Whether the database answers, and what time it has there. */
export interface Pulse {
  /** Milliseconds since 1970 by the database's clock; goes on while the database is away. */
  now(): number;
  state(): StoreState;
  close(): Promise<void>;
}

/**
 * Asks the database for its time, again and again. All nodes go by that one clock: a lease, or a tick of cron, must not depend on how well
 * the clocks of their machines agree. Between two answers time is counted on by a clock that nobody sets.
 *
 *     usable <-> lost (said once, with the reason)
 */
export async function startPulse({ database, report }: PulseOptions): Promise<Pulse> {
  let state: StoreState = USABLE;
  let offset: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let asking: Promise<void> | undefined;
  let closed = false;

  const now = (): number => Math.round(performance.now() + (offset ?? Number.NaN));

  /** What has to be added to `performance.now()`. */
  async function measure(): Promise<number> {
    const sent = performance.now();
    const answer = await database.row<{ now: number }>(TIME);
    const trip = performance.now() - sent;
    if (answer === undefined) throw new Error('It gave no time.');
    const measured = answer.now - sent - trip / 2;
    if (offset === undefined || trip <= LONGEST_TRIP_MS) return measured;
    return Math.abs(offset - measured) <= trip / 2 ? offset : measured;
  }

  async function beat(): Promise<void> {
    try {
      offset = await measure();
      if (!state.usable) report(`The database is back after ${Math.ceil((now() - state.since) / 1000)} s.`);
      state = USABLE;
    } catch (error) {
      const reason = messageOf(error instanceof AppError && error.cause !== undefined ? error.cause : error);
      if (state.usable) {
        report(
          `The database is lost: ${reason}. Webhooks are answered 503, and jobs wait, until it is back.`,
        );
        state = Object.freeze({ usable: false, since: now(), reason });
      }
    }
  }

  function ask(): void {
    asking = beat().then(() => {
      asking = undefined;
      if (!closed) timer = setTimeout(ask, BEAT_MS);
    });
  }

  offset = await measure();
  timer = setTimeout(ask, BEAT_MS);
  return {
    now,
    state: () => state,
    async close() {
      closed = true;
      clearTimeout(timer);
      await asking;
    },
  };
}

const USABLE: StoreState = Object.freeze({ usable: true });
const TIME = { name: 'time', text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now' };
