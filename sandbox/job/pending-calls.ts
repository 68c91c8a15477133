import type { Encoded } from '../types.ts';
import type { Head } from '../wire/frames.ts';

type Parts = readonly (string | Uint8Array)[];

/** How a call is answered. */
export interface Answer {
  readonly resolve: (value: Encoded) => void;
  readonly reject: (error: Error) => void;
}

interface PendingCall extends Answer {
  readonly head: Head;
  readonly parts: Parts;
}

/** Calls that a vault runner was asked to make and has not answered, numbered from 1. */
export class PendingCalls {
  readonly #calls = new Map<number, PendingCall>();
  #lastId = 0;

  get size(): number {
    return this.#calls.size;
  }

  /** Sends a call; `headOf` makes its head from its number. Settles when it is taken and answered, and never once forgotten. */
  ask(
    send: (head: Head, parts: Parts) => void,
    headOf: (callId: number) => Head,
    parts: Parts,
  ): Promise<Encoded> {
    this.#lastId += 1;
    const callId = this.#lastId;
    const head = headOf(callId);
    return new Promise((resolve, reject) => {
      this.#calls.set(callId, { resolve, reject, head, parts });
      send(head, parts);
    });
  }

  /** The call, to be answered; undefined when nobody waits for it. */
  take(callId: number): Answer | undefined {
    const call = this.#calls.get(callId);
    this.#calls.delete(callId);
    return call;
  }

  /** Sends all of them again, in their order. */
  repeat(send: (head: Head, parts: Parts) => void): void {
    for (const { head, parts } of this.#calls.values()) send(head, parts);
  }

  forget(): void {
    this.#calls.clear();
  }
}
