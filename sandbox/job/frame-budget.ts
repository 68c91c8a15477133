import { MESSAGES_UNDER_WAY } from '../realm/post.ts';
import type { Encoded, JobLimits } from '../types.ts';
import { sizeOf } from '../wire/size-of.ts';
import type { CallFrame, LogFrame } from './job-frames.ts';

/** Lines that the runner adds itself, such as for rejections that nobody handled. */
const OWN_LINES = 200;
const OWN_BYTES = 512 * 1024;

/**
 * What one side of a job may send in all. A realm of ours counts for itself and ends the job politely; who exceeds this is
 * a runner that somebody took over. Every method answers with what is wrong, or undefined.
 */
export class FrameBudget {
  readonly #limits: JobLimits;
  readonly #underWay = new Map<number, number>();
  #lines = 0;
  #lineBytes = 0;
  #calls = 0;
  #lastCall = 0;
  #bytesUnderWay = 0;

  constructor(limits: JobLimits) {
    this.#limits = limits;
  }

  log({ message }: LogFrame): string | undefined {
    this.#lines += 1;
    this.#lineBytes += message.length;
    const { logLines, logBytes } = this.#limits;
    const over = this.#lines > logLines + OWN_LINES || this.#lineBytes > logBytes + OWN_BYTES;
    return over ? 'more log lines than a job may write' : undefined;
  }

  call({ callId, args }: CallFrame): string | undefined {
    const { calls, messageBytes } = this.#limits;
    if (callId <= this.#lastCall) return 'a call with the number of another one';
    this.#lastCall = callId;
    this.#calls += 1;
    if (this.#calls > calls) return 'more calls than a job may make';
    const size = sizeOf(args);
    this.#underWay.set(callId, size);
    this.#bytesUnderWay += size;
    const over = this.#bytesUnderWay > messageBytes * MESSAGES_UNDER_WAY;
    return over ? 'more arguments than a job may send' : undefined;
  }

  /** The call was answered. */
  answered(callId: number): void {
    this.#bytesUnderWay -= this.#underWay.get(callId) ?? 0;
    this.#underWay.delete(callId);
  }

  result(value: Encoded): string | undefined {
    return sizeOf(value) > this.#limits.resultBytes ? 'a larger result than a job may have' : undefined;
  }

  /** What Protected Code answered. */
  message(value: Encoded): string | undefined {
    return sizeOf(value) > this.#limits.messageBytes ? 'a larger message than a job may send' : undefined;
  }
}
