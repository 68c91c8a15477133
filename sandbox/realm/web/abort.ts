import { DOMException } from './dom-exception.ts';
import { Event } from './event.ts';
import { EventTarget } from './event-target.ts';

/** Only this module makes signals; user code goes through AbortController. */
const MAKER = Symbol('maker of signals');

export let makeSignal: () => AbortSignal;
export let abortSignal: (signal: AbortSignal, reason: unknown) => void;
/** Calls back once, before the `abort` event, when the signal is aborted; the result takes it back. */
export let onceAborted: (signal: AbortSignal, callback: () => void) => () => void;

const abortError = (): DOMException => new DOMException('This operation was aborted', 'AbortError');

type Handler = (this: AbortSignal, event: Event) => unknown;

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown;
  #handler: Handler | null = null;
  #handled = false;
  readonly #callbacks = new Set<() => void>();

  static {
    makeSignal = () => new AbortSignal(MAKER);
    abortSignal = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason === undefined ? abortError() : reason;
      const callbacks = [...signal.#callbacks];
      signal.#callbacks.clear();
      for (const callback of callbacks) callback();
      signal.dispatchEvent(new Event('abort'));
    };
    onceAborted = (signal, callback) => {
      signal.#callbacks.add(callback);
      return () => signal.#callbacks.delete(callback);
    };
  }

  constructor(maker: unknown) {
    if (maker !== MAKER) throw new TypeError('Illegal constructor');
    super();
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = makeSignal();
    abortSignal(signal, reason);
    return signal;
  }

  /** Aborted as soon as one of the signals is, with its reason. */
  static any(signals: Iterable<unknown>): AbortSignal {
    const sources = Array.from(signals, (source) => {
      if (source instanceof AbortSignal) return source;
      throw new TypeError('AbortSignal.any takes AbortSignals');
    });
    const signal = makeSignal();
    const aborted = sources.find((source) => source.aborted);
    if (aborted) {
      abortSignal(signal, aborted.reason);
      return signal;
    }
    for (const source of sources) onceAborted(source, () => abortSignal(signal, source.reason));
    return signal;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  get onabort(): Handler | null {
    return this.#handler;
  }
  set onabort(handler: unknown) {
    this.#handler = typeof handler === 'function' ? (handler as Handler) : null;
    if (this.#handled) return;
    this.#handled = true;
    this.addEventListener('abort', (event: Event) => this.#handler?.(event));
  }

  override get [Symbol.toStringTag](): string {
    return 'AbortSignal';
  }
}

export class AbortController {
  readonly #signal = makeSignal();

  get signal(): AbortSignal {
    return this.#signal;
  }

  abort(reason?: unknown): void {
    abortSignal(this.#signal, reason);
  }

  get [Symbol.toStringTag](): string {
    return 'AbortController';
  }
}
