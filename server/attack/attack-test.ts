import { setTimeout as sleep } from 'node:timers/promises';
import { type Canaries, createCanaries } from './canaries.ts';
import { cleanUp, makeDeveloperToken } from './clean-up.ts';
import { familyNames, readFamily } from './families.ts';
import { type Figures, tailOf } from './figures.ts';
import { createNeighbour, type Neighbour } from './neighbour.ts';
import { COMPILER_FAMILY, runDeploys } from './run-deploys.ts';
import { type FamilyRun, runFamily } from './run-family.ts';
import { createTarget, type Target } from './target.ts';
import { type CaseResult, type Verdict, verdictOf } from './verdict.ts';
import { type Watched, watch } from './watch.ts';

export interface AttackTestOptions {
  readonly url: string;
  /** Of a Manager. */
  readonly token: string;
  /** All unless given. */
  readonly family?: string | undefined;
  readonly case?: string | undefined;
  /** How long to watch the instance without any attack first. */
  readonly controlSeconds: number;
  readonly onCase: (result: CaseResult) => void;
  /** Ends the run early: what it has made is deleted, then the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Made for this run unless given. */
  readonly canaries?: Canaries;
}

/** Answers of `/healthz` and of the neighbour's webhook, in milliseconds. */
export interface Around {
  readonly health: Figures;
  readonly neighbour: Figures;
}

export interface FamilyReport extends Around {
  readonly name: string;
  readonly cases: readonly CaseResult[];
  /** What was wrong with the instance meanwhile; empty when nothing was. */
  readonly problems: readonly string[];
  /** `/healthz` answered later than it should; null when it did not. */
  readonly slow: string | null;
}

export interface AttackReport {
  /** Without any attack. */
  readonly control: Around;
  readonly families: readonly FamilyReport[];
  readonly passed: number;
  /** Known not to hold yet. */
  readonly open: number;
  readonly failed: number;
}

const HEALTH_EVERY_MS = 20;
/** What `/healthz` may take, or so many times what it takes without an attack where that is more: on a small machine. */
const HEALTH_MS = 50;
const HEALTH_FACTOR = 4;

export const allFamilies = (): readonly string[] => [...familyNames(), COMPILER_FAMILY].sort();

/**
 * Runs the attack suite against an instance, and leaves it as it was: the projects under `attack-*` are deleted again. Throws
 * when the suite itself cannot go on; an attack that got through is a problem in the report.
 */
export async function attackTest(options: AttackTestOptions): Promise<AttackReport> {
  const { url, token, signal, canaries = createCanaries() } = options;
  const cleaned = createTarget(url, token, canaries);
  await cleanUp(cleaned);
  try {
    return await attackAll(options, canaries);
  } finally {
    await cleanUp(cleaned);
    signal?.throwIfAborted();
  }
}

async function attackAll(options: AttackTestOptions, canaries: Canaries): Promise<AttackReport> {
  const { url, token, signal, onCase } = options;
  const target = createTarget(url, token, canaries, signal);
  const neighbour = await createNeighbour(target);
  const developerToken = await makeDeveloperToken(target);
  const run = { target, canaries, developerToken, only: options.case, signal, onCase };
  const nothing = () => sleep(options.controlSeconds * 1000, undefined, { signal });
  const control = (await around(target, neighbour, nothing)).watched;
  const families: FamilyReport[] = [];
  for (const name of options.family === undefined ? allFamilies() : [options.family]) {
    families.push(await runWatched(run, neighbour, name, control.health.figures));
  }
  return summary({ health: control.health.figures, neighbour: control.neighbour.figures }, families);
}

async function runWatched(
  run: FamilyRun,
  neighbour: Neighbour,
  name: string,
  control: Figures,
): Promise<FamilyReport> {
  const { result, watched } = await around(run.target, neighbour, async () =>
    name === COMPILER_FAMILY ? runDeploys(run) : runFamily(run, await readFamily(name)),
  );
  const { health, neighbour: next } = watched;
  const most = Math.max(HEALTH_MS, (tailOf(control)?.ms ?? control.max) * HEALTH_FACTOR);
  const problems = [...failuresOf('/healthz', health), ...failuresOf('the neighbour’s webhook', next)];
  const tail = tailOf(health.figures);
  const slow =
    tail !== undefined && tail.ms > most
      ? `/healthz took ${tail.ms} ms (${tail.name}), more than ${Math.round(most)} ms`
      : null;
  return { name, cases: result, health: health.figures, neighbour: next.figures, problems, slow };
}

const failuresOf = (what: string, { failures }: Watched): string[] =>
  [...failures].map(([message, times]) => `${what} failed ${times} times: ${message}`);

/** Watches the health of the instance and the neighbour while something happens. */
async function around<Result>(target: Target, neighbour: Neighbour, happens: () => Promise<Result>) {
  const health = watch(HEALTH_EVERY_MS, async () => {
    const { status } = await target.request(`${target.url}/healthz`);
    if (status !== 200) throw new Error(`it answered ${status}`);
  });
  const next = neighbour.watch();
  try {
    const result = await happens();
    return { result, watched: { health: await health.stop(), neighbour: await next.stop() } };
  } catch (error) {
    await Promise.all([health.stop(), next.stop()]);
    throw error;
  }
}

function summary(control: Around, families: readonly FamilyReport[]): AttackReport {
  const cases = families.flatMap((family) => family.cases);
  const count = (verdict: Verdict) => cases.filter((result) => verdictOf(result) === verdict).length;
  return { control, families, passed: count('passed'), open: count('open'), failed: count('FAILED') };
}
