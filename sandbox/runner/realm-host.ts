import ivm from 'isolated-vm';
import { SOURCE_PREFIX } from '../compile/filenames.ts';
import { OWN_REALM_SOURCE, REALM_SOURCE } from '../realm/realm.gen.ts';
import { createWebHost } from '../realm/web-host.ts';

/** What an isolate may grow to beyond the job's own limit: the realm itself, measured at about 6 MB. */
const REALM_BYTES = 16 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/** Of the microseconds that Node.js counts. */
const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

export type PostListener = (kind: string, jobId: string, rest: readonly unknown[]) => void;

/**
 * How an entry into a realm ended. `thrown`: user code left a rejection unhandled while it ran; `message` is its first one, with
 * the frames of user code.
 */
export interface EntryEnd {
  readonly cpuMs: number;
  readonly failure: 'timeout' | 'disposed' | 'thrown' | null;
  readonly message: string;
}

const ENTRIES = ['start', 'open', 'invoke', 'describe', 'settle', 'refuse', 'tick', 'end'] as const;
export type EntryName = (typeof ENTRIES)[number];

type BootFunction = (...host: unknown[]) => Record<EntryName, (...args: EntryArgument[]) => void> & {
  readonly register: (unit: string, factory: unknown) => void;
};

export type EntryArgument = string | number | Uint8Array[];

/**
 * One isolate with one context, hardened or for one job alone. The only code that touches isolated-vm: outside it a realm
 * is eight entries and a stream of posts. An entry runs at once on this thread (`enterNow`) or on a thread of its own (`enterAside`): aside
 * costs two thread switches (measured: 0.02 ms against 0.15 ms) and keeps this process answering meanwhile.
 */
export class RealmHost {
  readonly #isolate: ivm.Isolate;
  readonly #context: ivm.Context;
  readonly #entries = new Map<EntryName, ivm.Reference<(...args: EntryArgument[]) => void>>();
  readonly #register: ivm.Reference<(unit: string, factory: unknown) => void>;
  readonly #units = new Set<string>();
  /** Processor time of host functions, in milliseconds: isolated-vm does not count it as the isolate's. */
  #hostMs = 0;
  /**
   * `performance.now()` from which host functions answer no more. Measured: the clock of isolated-vm's own timeout stands
   * still while an entry waits for one, so that a loop of such calls would go on for many times its limit.
   */
  #lastCall = Number.POSITIVE_INFINITY;
  /** One was called after that. */
  #late = false;

  constructor(memoryBytes: number, own: boolean, onPost: PostListener) {
    const memoryLimit = Math.ceil((memoryBytes + REALM_BYTES) / MEGABYTE);
    // After a catastrophic error the isolate's state is unknown: only the end of the process is safe.
    this.#isolate = new ivm.Isolate({ memoryLimit, onCatastrophicError: () => process.abort() });
    this.#context = this.#isolate.createContextSync();
    const post = new ivm.Callback(
      (kind: string, jobId: string, ...rest: unknown[]) => onPost(kind, jobId, rest),
      { ignored: true },
    );
    const host = Object.entries(createWebHost());
    const names = JSON.stringify(host.map(([name]) => name));
    const callbacks = host.map(([, call]) => new ivm.Callback(this.#timed(call)));
    const script = this.#isolate.compileScriptSync(
      `(() => { 'use strict'; ${own ? OWN_REALM_SOURCE : REALM_SOURCE}; return realm.boot; })()`,
    );
    const boot: ivm.Reference<BootFunction> = script.runSync(this.#context, { reference: true });
    const entries: ivm.Reference<ReturnType<BootFunction>> = boot.applySync(
      undefined,
      [post, names, ...callbacks],
      { result: { reference: true } },
    );
    for (const name of ENTRIES) this.#entries.set(name, entries.getSync(name, { reference: true }));
    this.#register = entries.getSync('register', { reference: true });
    boot.release();
    entries.release();
  }

  #timed<Args extends unknown[], Result>(
    call: (...args: Args) => Result,
  ): (...args: Args) => Result | undefined {
    return (...args) => {
      if (performance.now() > this.#lastCall) {
        this.#late = true;
        return undefined;
      }
      const start = process.threadCpuUsage();
      try {
        return call(...args);
      } finally {
        this.#hostMs += milliseconds(process.threadCpuUsage(start));
      }
    };
  }

  /** Compiles a unit once; its code runs only when a job starts. */
  load(unit: string, code: string, filename: string): void {
    if (this.#units.has(unit)) return;
    const script = this.#isolate.compileScriptSync(code, { filename });
    const factory = script.runSync(this.#context, { reference: true, timeout: 1000 });
    this.#register.applySync(undefined, [unit, factory.derefInto({ release: true })]);
    script.release();
    this.#units.add(unit);
  }

  enterNow(name: EntryName, args: EntryArgument[], timeoutMs: number): EntryEnd {
    this.#lastCall = performance.now() + timeoutMs;
    this.#late = false;
    const before = process.threadCpuUsage();
    const cpuMs = () => milliseconds(process.threadCpuUsage(before));
    try {
      this.#entry(name).applySync(undefined, args, { arguments: { copy: true }, timeout: timeoutMs });
      return this.#ended(cpuMs(), null);
    } catch (error) {
      return this.#ended(cpuMs(), error);
    }
  }

  async enterAside(name: EntryName, args: EntryArgument[], timeoutMs: number): Promise<EntryEnd> {
    const before = this.#asideMs();
    const ofProcess = process.cpuUsage();
    // On a busy machine the isolate's time runs while it has no processor; the whole process had no more than this.
    const cpuMs = () => Math.min(this.#asideMs() - before, milliseconds(process.cpuUsage(ofProcess)));
    this.#lastCall = performance.now() + timeoutMs;
    this.#late = false;
    try {
      await this.#entry(name).apply(undefined, args, { arguments: { copy: true }, timeout: timeoutMs });
      return this.#ended(cpuMs(), null);
    } catch (error) {
      return this.#ended(cpuMs(), error);
    }
  }

  #entry(name: EntryName): ivm.Reference<(...args: EntryArgument[]) => void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`no entry ${name}`);
    return entry;
  }

  /** What isolated-vm calls CPU time is, measured, the time in which the isolate ran, also while it had no processor. */
  #asideMs(): number {
    return this.#isolate.isDisposed ? 0 : Number(this.#isolate.cpuTime) / 1e6 + this.#hostMs;
  }

  #ended(cpuMs: number, error: unknown): EntryEnd {
    if (this.#isolate.isDisposed) return { cpuMs: 0, failure: 'disposed', message: '' };
    if (this.#late) return { cpuMs, failure: 'timeout', message: '' };
    if (error === null) return { cpuMs, failure: null, message: '' };
    if (error instanceof Error && error.message === 'Script execution timed out.') {
      return { cpuMs, failure: 'timeout', message: '' };
    }
    return { cpuMs, failure: 'thrown', message: describeThrown(error) };
  }

  get disposed(): boolean {
    return this.#isolate.isDisposed;
  }

  /** Bytes in use on the heap and outside it. */
  usedBytes(): number {
    const heap = this.#isolate.getHeapStatisticsSync();
    return heap.used_heap_size + heap.externally_allocated_size;
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }
}

/** Behind this line of a stack are frames of this process. In a hardened realm there are none before it: `ses` moves them. */
const BOUNDARY = '\n    at (<isolated-vm boundary>)';

function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack = '' } = error;
  const [inside = ''] = stack.split(BOUNDARY, 1);
  return stack.includes(BOUNDARY) && inside.includes(SOURCE_PREFIX) ? inside : `${name}: ${message}`;
}
