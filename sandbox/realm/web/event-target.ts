import { deliver, Event, type Receiver } from './event.ts';

type Listener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown };

interface ListenerOptions {
  readonly capture?: unknown;
  readonly once?: unknown;
  readonly passive?: unknown;
  readonly signal?: unknown;
}

interface Registration {
  readonly type: string;
  readonly listener: Listener;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
}

function isListener(value: unknown): value is Listener {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}

const optionsOf = (options: unknown): ListenerOptions =>
  typeof options === 'object' && options !== null ? options : { capture: Boolean(options) };

/** An error in a listener stops no other listener; it becomes an unhandled rejection of the job. */
function report(error: unknown): void {
  void Promise.reject(error);
}

export class EventTarget {
  #registrations: Registration[] = [];

  #find(type: unknown, listener: unknown, capture: boolean): Registration | undefined {
    return this.#registrations.find(
      (known) => known.type === `${type}` && known.listener === listener && known.capture === capture,
    );
  }

  addEventListener(type: unknown, listener: unknown, options?: unknown): void {
    if (listener === null || listener === undefined) return;
    if (!isListener(listener))
      throw new TypeError('A listener must be a function or an object with handleEvent');
    const { capture, once, passive, signal } = optionsOf(options);
    if (signal !== undefined && !(signal instanceof EventTarget && 'aborted' in signal)) {
      throw new TypeError('The signal of a listener must be an AbortSignal');
    }
    if (signal?.aborted || this.#find(type, listener, Boolean(capture))) return;
    this.#registrations.push({
      type: `${type}`,
      listener,
      capture: Boolean(capture),
      once: Boolean(once),
      passive: Boolean(passive),
    });
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener, options), {
      once: true,
    });
  }

  removeEventListener(type: unknown, listener: unknown, options?: unknown): void {
    const found = this.#find(type, listener, Boolean(optionsOf(options).capture));
    this.#registrations = this.#registrations.filter((known) => known !== found);
  }

  /** Calls the listeners at once; false when one of them prevented the default. */
  dispatchEvent(event: unknown): boolean {
    if (!(event instanceof Event)) throw new TypeError('dispatchEvent takes an Event');
    // Listeners added meanwhile wait for the next event; those removed meanwhile are not called.
    const due = this.#registrations.filter((known) => known.type === event.type);
    return deliver(
      event,
      this,
      due.map((known) => this.#receiver(known)),
    );
  }

  #receiver(registration: Registration): Receiver {
    const { listener, once, passive } = registration;
    return {
      passive,
      receive: (event) => {
        if (!this.#registrations.includes(registration)) return;
        if (once) this.#registrations = this.#registrations.filter((known) => known !== registration);
        try {
          if (typeof listener === 'function') Reflect.apply(listener, this, [event]);
          else listener.handleEvent(event);
        } catch (error) {
          report(error);
        }
      },
    };
  }

  get [Symbol.toStringTag](): string {
    return 'EventTarget';
  }
}
