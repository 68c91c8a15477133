import { EngineError } from './prepare.ts';

/**
 * Turns a context into a hardened realm: no job can leave anything behind in it. `ses` freezes the intrinsics; what it
 * leaves open is closed here (measured with ses 2.3.0: Intl, weak references, disposable stacks, `Error.stackTraceLimit`).
 */
declare const lockdown: (options: Record<string, string>) => void;
declare const harden: <Value>(value: Value) => Value;

/** Names that no job needs: what `ses` leaves, and the engine's own console, which `ses` wants to see. */
const TOOLS = ['console', 'lockdown', 'harden', 'Compartment', 'assert', 'ModuleSource'];
const LEFT_OPEN = [
  'Intl',
  'WeakRef',
  'FinalizationRegistry',
  'SuppressedError',
  'DisposableStack',
  'AsyncDisposableStack',
  'Temporal',
  'Iterator',
];

let hardenValue: <Value>(value: Value) => Value;

/** Freezes the intrinsics. To be called once, before anything else touches them. */
export function lockRealm(): void {
  lockdown({
    overrideTaming: 'severe',
    errorTaming: 'unsafe',
    consoleTaming: 'unsafe',
    stackFiltering: 'verbose',
    evalTaming: 'unsafe-eval',
    dateTaming: 'unsafe',
    mathTaming: 'unsafe',
    localeTaming: 'unsafe',
    reporting: 'none',
    domainTaming: 'unsafe',
  });
  hardenValue = harden;
}

/** One of each thing whose prototype no name leads to and `ses` does not know. */
function withoutNames(): object[] {
  const segments = new Intl.Segmenter().segment('');
  return [segments, segments[Symbol.iterator]()];
}

/** Freezes what all jobs share and the global object itself. After this, user code may come. */
export function freezeRest(shared: object): void {
  const globals = globalThis as unknown as Record<string, unknown>;
  for (const name of LEFT_OPEN) if (globals[name] !== undefined) hardenValue(globals[name]);
  for (const hidden of withoutNames()) hardenValue(hidden);
  for (const name of TOOLS) delete globals[name];
  // Through it one job could put a function of its own into the stack traces of another.
  Object.freeze(EngineError);
  hardenValue(shared);
  Object.freeze(globalThis);
}
