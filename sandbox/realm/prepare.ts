import { rememberProxies } from './proxies.ts';

/**
 * What has to happen to a new context before `ses` looks at it: memory that the isolate's limit does not count, threads,
 * and the engine's own console go away. Evaluated for its effect; the first import of the bootstrap.
 */
const globals = globalThis as unknown as Record<string, unknown>;
for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'console']) delete globals[name];
for (const name of ['resize', 'transfer', 'transferToFixedLength']) {
  delete (ArrayBuffer.prototype as unknown as Record<string, unknown>)[name];
}
rememberProxies();
Error.stackTraceLimit = 20;
