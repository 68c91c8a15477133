/**
 * Turns a context into a hardened realm: no job can leave anything behind in it. `ses` freezes the intrinsics; what it
 * leaves open is closed here (measured with ses 2.3.0: Intl, weak references, disposable stacks, `Error.stackTraceLimit`).
 */
declare const lockdown: (options: Record<string, string>) => void;
declare const harden: <Value>(value: Value) => Value;

/** Names that `ses` leaves on the global object and that no job needs. */
const TOOLS = ['lockdown', 'harden', 'Compartment', 'assert', 'ModuleSource'];
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
    regExpTaming: 'unsafe',
    reporting: 'none',
    domainTaming: 'unsafe',
  });
  hardenValue = harden;
}

/** Freezes what all jobs share and the global object itself. After this, user code may come. */
export function freezeRest(shared: object): void {
  const globals = globalThis as unknown as Record<string, unknown>;
  for (const name of LEFT_OPEN) if (globals[name] !== undefined) hardenValue(globals[name]);
  for (const name of TOOLS) delete globals[name];
  for (const name of ['stackTraceLimit', 'prepareStackTrace', 'captureStackTrace']) pin(Error, name);
  hardenValue(shared);
  Object.freeze(globalThis);
}

function pin(holder: object, name: string): void {
  const found = Object.getOwnPropertyDescriptor(holder, name);
  const value = name === 'stackTraceLimit' ? 20 : undefined;
  if (found?.configurable === false && found.writable === false) return;
  if (name === 'captureStackTrace') {
    Object.defineProperty(holder, name, { ...found, writable: false, configurable: false });
    return;
  }
  Object.defineProperty(holder, name, { value, writable: false, enumerable: false, configurable: false });
}
