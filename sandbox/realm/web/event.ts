import { DOMException } from './dom-exception.ts';

interface EventOptions {
  readonly bubbles?: unknown;
  readonly cancelable?: unknown;
  readonly composed?: unknown;
}

/** One listener, as a dispatch sees it. */
export interface Receiver {
  readonly passive: boolean;
  receive(event: Event): void;
}

/** Hands the event to each receiver in turn; false when one of them prevented the default. */
export let deliver: (event: Event, target: object, receivers: readonly Receiver[]) => boolean;

/** The DOM's event, without a tree: a dispatch reaches its target only. */
export class Event {
  static readonly NONE = 0;
  static readonly CAPTURING_PHASE = 1;
  static readonly AT_TARGET = 2;
  static readonly BUBBLING_PHASE = 3;

  readonly #type: string;
  readonly #bubbles: boolean;
  readonly #cancelable: boolean;
  readonly #composed: boolean;
  readonly #timeStamp = Date.now();
  #target: object | null = null;
  #delivering = false;
  #passive = false;
  #prevented = false;
  #stopped: 'no' | 'here' | 'now' = 'no';

  static {
    deliver = (event, target, receivers) => {
      if (event.#delivering) {
        throw new DOMException('The event is already being dispatched', 'InvalidStateError');
      }
      event.#target = target;
      event.#delivering = true;
      for (const receiver of receivers) {
        if (event.#stopped === 'now') break;
        event.#passive = receiver.passive;
        receiver.receive(event);
      }
      event.#delivering = false;
      event.#passive = false;
      event.#stopped = 'no';
      return !event.#prevented;
    };
  }

  constructor(type: unknown, options?: EventOptions | null) {
    this.#type = `${type}`;
    this.#bubbles = Boolean(options?.bubbles);
    this.#cancelable = Boolean(options?.cancelable);
    this.#composed = Boolean(options?.composed);
  }

  get type(): string {
    return this.#type;
  }
  get target(): object | null {
    return this.#target;
  }
  get srcElement(): object | null {
    return this.#target;
  }
  get currentTarget(): object | null {
    return this.#delivering ? this.#target : null;
  }
  get eventPhase(): number {
    return this.#delivering ? Event.AT_TARGET : Event.NONE;
  }
  get bubbles(): boolean {
    return this.#bubbles;
  }
  get cancelable(): boolean {
    return this.#cancelable;
  }
  get composed(): boolean {
    return this.#composed;
  }
  get defaultPrevented(): boolean {
    return this.#prevented;
  }
  get returnValue(): boolean {
    return !this.#prevented;
  }
  get cancelBubble(): boolean {
    return this.#stopped !== 'no';
  }
  get isTrusted(): boolean {
    return false;
  }
  /** Milliseconds since 1970. */
  get timeStamp(): number {
    return this.#timeStamp;
  }

  composedPath(): object[] {
    return this.#delivering && this.#target ? [this.#target] : [];
  }

  preventDefault(): void {
    if (this.#cancelable && !this.#passive) this.#prevented = true;
  }

  stopPropagation(): void {
    if (this.#stopped === 'no') this.#stopped = 'here';
  }

  stopImmediatePropagation(): void {
    this.#stopped = 'now';
  }

  get [Symbol.toStringTag](): string {
    return 'Event';
  }
}
