import { boundBuiltins } from './bounds.ts';
import { silenceFinalizers } from './finalizers.ts';
import { rememberProxies } from './proxies.ts';
import { forgetSymbols } from './symbols.ts';

/**
 * What has to happen to a new context before `ses` looks at it: memory that the isolate's limit does not count, threads, and
 * callbacks out of nowhere go away. Evaluated for its effect; the first import of the bootstrap.
 */
const globals = globalThis as unknown as Record<string, unknown>;
for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics']) delete globals[name];
for (const name of ['resize', 'transfer', 'transferToFixedLength']) {
  delete (ArrayBuffer.prototype as unknown as Record<string, unknown>)[name];
}
boundBuiltins();
rememberProxies();
silenceFinalizers();
forgetSymbols();
Error.stackTraceLimit = 20;

/** The engine's own: `ses` puts another in its place whose accessors still write to this one. */
export const EngineError = Error;
