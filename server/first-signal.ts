import { EXIT_FAILURE } from './exit-codes.ts';

/** Ctrl-C in a terminal reaches this process twice: by itself, and passed on by npm or the launcher. */
const SAME_SIGNAL_MS = 500;

/** Resolves at the first SIGTERM or SIGINT, also one that comes right after this call. A later one ends the process at once. */
export function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = () => {
      first ??= performance.now();
      if (performance.now() - first > SAME_SIGNAL_MS) process.exit(EXIT_FAILURE);
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
