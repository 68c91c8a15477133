import { createSandbox } from '../sandbox/create-sandbox.ts';
import type { Hardening } from '../sandbox/hardening/find-hardening.ts';
import { hostHardening } from '../sandbox/hardening/host-hardening.ts';
import { type Measure, missingFor, SANDBOX_LEVELS, type SandboxLevel } from '../sandbox/hardening/levels.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { StartError } from './exit-codes.ts';
import { findPackages } from './find-packages.ts';
import { findTsc } from './find-tsc.ts';
import type { StartOptions } from './serve.ts';
import type { ServerLog } from './server-log.ts';

/** Below this the log warns, where more could be had. */
const GOOD_LEVEL: SandboxLevel = 'offline';

export interface OpenedSandbox {
  readonly sandbox: Sandbox;
  /** How every child is shut in. */
  readonly hardening: Hardening;
}

/**
 * Opens the sealed rooms as tightly as this host allows and says so in the log. Throws a `StartError` when that is less than
 * the operator requires.
 */
export async function openSandbox({ config, log }: StartOptions, dataDir: string): Promise<OpenedSandbox> {
  const hardening = await hostHardening([dataDir]);
  refuseBelow(config.sandbox, hardening);
  report(hardening, log);
  const precompiled = async () => [(await import('./demo.gen.ts')).DEMO_PROGRAM];
  const sandbox = await createSandbox({
    precompiled,
    hardening,
    report: (message) => log.warning(message),
    packages: findPackages(config.packages),
    tsc: findTsc(config.tsc, log),
  });
  return { sandbox, hardening };
}

/** Throws a `StartError` that names what is missing for a level. */
function refuseBelow(required: SandboxLevel, { level, measures }: Hardening): void {
  if (isBelow(level, required)) {
    throw new StartError(
      `The sandbox reaches the level "${level}" on this host, and "${required}" is required. ` +
        `Missing: ${listed(missingFor(required, measures))} ` +
        'See `sluice doctor`, or require less with --sandbox.',
    );
  }
}

function report({ level, measures }: Hardening, log: ServerLog): void {
  const names = measures.filter(({ taken }) => taken).map(({ name }) => name);
  log.info(`The sandbox has the level "${level}": ${names.join(', ')}.`);
  if (process.platform === 'linux' && isBelow(level, GOOD_LEVEL)) {
    const missing = listed(missingFor(GOOD_LEVEL, measures));
    log.warning(`Code that breaks out of its realm would meet less than it could. Missing: ${missing}`);
  }
}

const isBelow = (level: SandboxLevel, other: SandboxLevel): boolean =>
  SANDBOX_LEVELS.indexOf(level) < SANDBOX_LEVELS.indexOf(other);

const listed = (measures: readonly Measure[]): string =>
  measures.map(({ name, text }) => `${name}: ${text}`).join(' ');
