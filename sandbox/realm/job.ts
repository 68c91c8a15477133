import { logLevelOf } from '../log-levels.ts';
import { decode } from '../wire/decode.ts';
import { encode, TooLargeError } from '../wire/encode.ts';
import { LONGEST_LINE } from '../wire/text-bounds.ts';
import { describeSet } from './env/describe.ts';
import { callError } from './errors.ts';
import { MESSAGES_UNDER_WAY, type Post, type RealmLimits } from './post.ts';
import { isProxy } from './proxies.ts';
import { show } from './show.ts';

const MAX_TIMERS = 1000;
/** Between two entries into the realm. The host hears of timers only afterwards and would have to keep more in mind. */
const MAX_TIMERS_AT_ONCE = 10_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Stack of the place that made the call. */
  readonly site: string;
  /** Size of the arguments. */
  readonly bytes: number;
  readonly cause: unknown;
}

interface Timer {
  readonly callback: () => void;
  readonly cause: unknown;
}

/**
 * One job inside a realm: what it wrote, what it waits for, what it has used up. User code never holds this object, only
 * functions that are closed over it, so that whatever they do is this job's and no other's.
 */
export class RealmJob {
  readonly id: string;
  readonly #post: Post;
  readonly #limits: RealmLimits;
  readonly #waiting = new Map<number, Waiting>();
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;
  #calls = 0;
  #bytesUnderWay = 0;
  #timersAtOnce = 0;
  #logLines = 0;
  #logBytes = 0;
  #over = false;
  dropped = 0;
  /**
   * What the code that runs now goes back to, if that matters to somebody: whoever sets it finds it again in whatever goes
   * on after a call or a timer that was begun meanwhile.
   */
  cause: unknown;

  constructor(id: string, post: Post, limits: RealmLimits) {
    this.id = id;
    this.#post = post;
    this.#limits = limits;
  }

  /** Lines past the limits of the job are dropped and counted. */
  log(value: unknown, level: unknown): void {
    if (this.#over) return;
    let message = show(value);
    if (message.length > LONGEST_LINE) {
      message = `${message.slice(0, LONGEST_LINE)}… (${message.length - LONGEST_LINE} more characters)`;
    }
    this.#logLines += 1;
    this.#logBytes += message.length;
    if (this.#logLines > this.#limits.logLines || this.#logBytes > this.#limits.logBytes) {
      this.dropped += 1;
      return;
    }
    this.#post('log', this.id, logLevelOf(level), message, Date.now());
  }

  /** Asks the host; resolves with the decoded answer. `args` is the list of arguments. */
  call(operation: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#over) return new Promise(() => {});
    this.#calls += 1;
    if (this.#calls > this.#limits.calls) {
      this.stop('calls', `The job made more than ${this.#limits.calls} calls.`);
      return new Promise(() => {});
    }
    const site = new Error().stack ?? '';
    const callId = this.#nextId();
    return new Promise((resolve, reject) => {
      const { text, tails } = this.encode('messages', args, 'arguments');
      const bytes = tails.reduce((sum, tail) => sum + tail.byteLength, text.length);
      this.#bytesUnderWay += bytes;
      const most = this.#limits.messageBytes * MESSAGES_UNDER_WAY;
      if (this.#bytesUnderWay > most) {
        const what = `The arguments of calls that were not answered yet came to more than ${most} bytes.`;
        return this.stop('messages', `${what} Await calls before making more.`);
      }
      this.#waiting.set(callId, { resolve, reject, site, bytes, cause: this.cause });
      this.#post('call', this.id, callId, operation, text, [...tails]);
    });
  }

  /** Ends the job from inside: over a limit that the realm counts. */
  stop(limit: 'calls' | 'messages' | 'result', message: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#post('limit', this.id, limit, message);
  }

  /** Encodes what leaves the realm. What is too large ends the job. */
  encode(limit: 'messages' | 'result', value: unknown, name: string) {
    const maxBytes = limit === 'result' ? this.#limits.resultBytes : this.#limits.messageBytes;
    try {
      return encode(value, { name, maxBytes, isProxy, describe: describeSet });
    } catch (error) {
      if (error instanceof TooLargeError) this.stop(limit, `${error.message}.`);
      throw error;
    }
  }

  settle(callId: number, text: string, tails: Uint8Array[]): void {
    const waiting = this.#take(callId);
    if (waiting) waiting.resolve(decode({ text, tails }));
  }

  refuse(callId: number, name: string, message: string): void {
    const waiting = this.#take(callId);
    if (waiting) waiting.reject(callError(name, message, waiting.site, callId));
  }

  #take(callId: number): Waiting | undefined {
    this.#timersAtOnce = 0;
    const waiting = this.#waiting.get(callId);
    this.#bytesUnderWay -= waiting?.bytes ?? 0;
    this.cause = waiting?.cause;
    this.#waiting.delete(callId);
    return waiting;
  }

  startTimer(ms: number, callback: () => void): number {
    const timerId = this.#nextId();
    if (this.#over) return timerId;
    this.#timersAtOnce += 1;
    if (this.#timers.size >= MAX_TIMERS) {
      throw new RangeError(`A job can wait for at most ${MAX_TIMERS} timers at once.`);
    }
    if (this.#timersAtOnce > MAX_TIMERS_AT_ONCE) {
      throw new RangeError(`A job can start at most ${MAX_TIMERS_AT_ONCE} timers without waiting for one.`);
    }
    this.#timers.set(timerId, { callback, cause: this.cause });
    this.#post('timer', this.id, timerId, ms);
    return timerId;
  }

  stopTimer(timerId: number): void {
    if (this.#timers.delete(timerId)) this.#post('untimer', this.id, timerId);
  }

  tick(timerId: number): void {
    this.#timersAtOnce = 0;
    const timer = this.#timers.get(timerId);
    this.#timers.delete(timerId);
    this.cause = timer?.cause;
    timer?.callback();
  }

  /** From now on nothing of this job is heard. */
  end(): void {
    this.#over = true;
    this.#waiting.clear();
    this.#timers.clear();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
