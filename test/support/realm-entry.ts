import '../../sandbox/realm/prepare.ts';
import 'ses/lockdown';
import { freezeRest, lockRealm } from '../../sandbox/realm/lock.ts';
import type { WebHost } from '../../sandbox/realm/web/host.ts';
import { createJobWeb } from '../../sandbox/realm/web/per-job.ts';
import { createSharedWeb } from '../../sandbox/realm/web/shared.ts';

/** The inside of `isolate.ts`: a hardened realm with the web globals, and one function that runs a program in it. */

type Run = (source: string) => Promise<string>;

export interface TestHost extends WebHost {
  startTimer(id: number, ms: number): void;
  call(operation: string, argument: unknown): Promise<unknown>;
}

export function boot(names: readonly string[], functions: readonly unknown[]) {
  lockRealm();
  const host = Object.fromEntries(names.map((name, at) => [name, functions[at]])) as unknown as TestHost;
  const shared = createSharedWeb(host);
  freezeRest(shared);

  const timers = new Map<number, () => void>();
  let started = 0;
  const job = createJobWeb({
    call: (operation, argument) => host.call(operation, argument),
    startTimer(ms, callback) {
      started += 1;
      timers.set(started, callback);
      host.startTimer(started, ms);
      return started;
    },
    stopTimer: (id) => void timers.delete(id),
  });
  const globals = { ...shared, ...job };
  const run: Run = new Function(...Object.keys(globals), 'return (source) => eval(source)()')(
    ...Object.values(globals),
  );
  return {
    run,
    tick(id: number): void {
      const callback = timers.get(id);
      timers.delete(id);
      callback?.();
    },
  };
}
