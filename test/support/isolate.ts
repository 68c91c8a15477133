import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ivm from 'isolated-vm';
import type { Reference } from '../../sandbox/realm/web/content.ts';
import type { PlainRequest } from '../../sandbox/realm/web/request.ts';
import type { PlainResponse } from '../../sandbox/realm/web/response.ts';
import { createWebHost } from '../../sandbox/realm/web-host.ts';

/** A real isolate with a hardened realm and the web globals of one job. */
export interface TestRealm {
  /** Runs the body of an async function and returns its result by way of JSON. */
  run(body: string): Promise<unknown>;
  dispose(): void;
}

/** A request whose body came out of the realm. */
export type AskedRequest = PlainRequest & { readonly body: Uint8Array | null };

export interface TestRealmOptions {
  /** Answers what `fetch` asks; without it every request fails. */
  readonly fetch?: (request: AskedRequest) => Partial<PlainResponse>;
  /** Answers what is asked about bodies that stayed outside. */
  readonly bodies?: (operation: string, reference: Reference) => unknown;
  /** A script evaluated in the realm's scope before each body. */
  readonly prelude?: string;
}

const ENTRY = fileURLToPath(new URL('./realm-entry.ts', import.meta.url));
let bundled: Promise<string> | undefined;

async function bundle(): Promise<string> {
  const result = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    globalName: 'entry',
    target: 'es2024',
    logLevel: 'error',
  });
  return `"use strict";${result.outputFiles[0]?.text ?? ''};entry.boot`;
}

/** What a program looks like on both sides of a comparison. */
const programOf = (body: string, prelude = ''): string => `(async () => {
  const attempt = (action) => { try { return action(); } catch (error) { return 'throws ' + error.name; } };
  const settle = (promise) => Promise.resolve(promise).catch((error) => 'rejects ' + error.name);
  ${prelude};
  return JSON.stringify(await (async () => { ${body} })()) ?? 'null';
})`;

/** The same program in Node.js itself. */
export async function runInNode(body: string): Promise<unknown> {
  const program: () => Promise<string> = new Function(`return ${programOf(body)}`)();
  return JSON.parse(await program());
}

export async function openTestRealm(options: TestRealmOptions = {}): Promise<TestRealm> {
  bundled ??= bundle();
  const isolate = new ivm.Isolate({ memoryLimit: 128 });
  const context = await isolate.createContext();
  const boot = await (await isolate.compileScript(await bundled)).run(context, { reference: true });

  const answer = (operation: string, request: AskedRequest): unknown =>
    operation === 'fetch'
      ? answerFetch(request)
      : options.bodies?.(operation, request as unknown as Reference);
  const answerFetch = (request: AskedRequest): PlainResponse => {
    if (options.fetch === undefined) throw new Error('nothing answers here');
    const given = options.fetch(request);
    const empty = {
      status: 200,
      statusText: '',
      url: request.url,
      redirected: false,
      headers: [],
      body: new Uint8Array(),
    };
    return { ...empty, ...given };
  };
  const timers = new Set<NodeJS.Timeout>();
  let tick: ivm.Reference | undefined;
  const startTimer = (id: number, ms: number): void => {
    timers.add(setTimeout(() => tick?.applyIgnored(undefined, [id]), ms));
  };
  const callbacks: Record<string, ivm.Callback> = {
    call: new ivm.Callback(answer, { async: true }),
    startTimer: new ivm.Callback(startTimer),
  };
  for (const [name, value] of Object.entries(createWebHost())) callbacks[name] = new ivm.Callback(value);

  const names = new ivm.ExternalCopy(Object.keys(callbacks)).copyInto();
  const api = await context.evalClosure(
    'return $0.deref()($1, Array.from({ length: $2 }, (_, at) => arguments[at + 3]))',
    [boot, names, Object.keys(callbacks).length, ...Object.values(callbacks)],
    { result: { reference: true } },
  );
  tick = await api.get('tick', { reference: true });
  const run = await api.get('run', { reference: true });
  return {
    async run(body) {
      const text = await run.apply(undefined, [programOf(body, options.prelude)], {
        result: { promise: true },
      });
      return JSON.parse(`${text}`);
    },
    dispose() {
      for (const timer of timers) clearTimeout(timer);
      isolate.dispose();
    },
  };
}
