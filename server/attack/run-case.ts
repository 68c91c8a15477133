import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../sandbox/message-of.ts';
import { type AttackCase, endingsOf, hookOf } from './attack-case.ts';
import { callHook } from './call-hook.ts';
import type { Canaries } from './canaries.ts';
import { type Evidence, judge, type LogLine } from './judge.ts';
import { doMeanwhile } from './meanwhile.ts';
import type { PreparedProject } from './prepared-project.ts';
import { residueOf } from './residue.ts';
import { click, endOf, hasBegun, hasEnded, jobsWhenThere, jobWhen, type SeenJob } from './run-jobs.ts';
import type { Target } from './target.ts';
import type { CaseResult } from './verdict.ts';

export interface CaseSettings {
  readonly target: Target;
  /** Of somebody who may not read Protected Code. */
  readonly developerToken: string;
  readonly canaries: Canaries;
  readonly project: PreparedProject;
  /** What jobs of this project see of each other before any attack. */
  readonly print: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MOST_LINES = 1000;

/** Runs one attack and looks at everything that came of it. Never rejects: what goes wrong is a problem of the case. */
export async function runCase(settings: CaseSettings, attack: AttackCase): Promise<CaseResult> {
  const { target, project } = settings;
  const known = target.leaks.length;
  const start = performance.now();
  const problems: string[] = [];
  let evidence: Evidence = { jobs: [], answers: [], logs: [], asDeveloper: '' };
  try {
    evidence = await provoke(settings, attack);
    problems.push(...judge(attack, evidence, timeoutOf(settings, attack)));
    await sleep(attack.wait);
    if (attack.meanwhile === undefined) problems.push(...(await residueOf(settings, attack.case)));
  } catch (error) {
    problems.push(messageOf(error));
  }
  problems.push(...new Set(target.leaks.slice(known)));
  return {
    family: project.family.name,
    name: attack.case,
    tries: attack.tries,
    expected: expectedOf(attack),
    seen: seenOf(evidence),
    ms: evidence.jobs[0]?.duration_ms ?? Math.round(performance.now() - start),
    problems,
    pending: attack.pending,
  };
}

const timeoutOf = ({ project }: CaseSettings, attack: AttackCase): number =>
  project.family.timeoutMs.get(attack.case) ?? DEFAULT_TIMEOUT_MS;

/** Lets the attack happen and gathers what can be seen of it afterwards. */
async function provoke(settings: CaseSettings, attack: AttackCase): Promise<Evidence> {
  const { target } = settings;
  const { jobs, answers } = attack.request
    ? await byHook(settings, attack)
    : await byButton(settings, attack);
  const [job] = jobs;
  if (job === undefined) return { jobs, answers, logs: [], asDeveloper: '' };
  const logs = await logsOf(target, job.id);
  const asDeveloper = await target.call('GET', `/jobs/${job.id}`, undefined, settings.developerToken);
  await target.call('GET', `/outgoing?job=${job.id}&limit=${MOST_LINES}`);
  return { jobs, answers, logs, asDeveloper: asDeveloper.text };
}

async function logsOf(target: Target, jobId: string): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  let after = '';
  for (;;) {
    const { items, next } = await target.ask<{ items: LogLine[]; next: string | null }>(
      'GET',
      `/logs?job=${jobId}&limit=${MOST_LINES}${after}`,
    );
    lines.push(...items);
    if (next === null) return lines;
    after = `&after=${next}`;
  }
}

interface Provoked {
  readonly jobs: readonly (SeenJob | undefined)[];
  readonly answers: readonly number[];
}

async function byButton({ target, project }: CaseSettings, attack: AttackCase): Promise<Provoked> {
  const { family } = project;
  const { id } = await click(target, family.slug, attack.case, { data: attack.data });
  let ids: readonly string[] = [id];
  if (attack.meanwhile !== undefined) {
    await jobWhen(target, id, hasBegun);
    ids = [id, ...(await doMeanwhile(target, family, attack.case, attack.meanwhile))];
  }
  return { jobs: await Promise.all(ids.map((one) => jobWhen(target, one, hasEnded))), answers: [] };
}

async function byHook({ target, project, canaries }: CaseSettings, attack: AttackCase): Promise<Provoked> {
  const { family, webhooks } = project;
  const url = webhooks[hookOf(attack.case)];
  if (url === undefined || attack.request === undefined) throw new Error(`${attack.case} has no webhook`);
  if (attack.meanwhile !== undefined) await doMeanwhile(target, family, attack.case, attack.meanwhile);
  const answers = await callHook(target, url, attack.request, canaries);
  if (endingsOf(attack) === null) return { jobs: [], answers };
  const jobs = await jobsWhenThere(target, family.slug, attack.case);
  return { jobs: await Promise.all(jobs.map(({ id }) => jobWhen(target, id, hasEnded))), answers };
}

function expectedOf(attack: AttackCase): string {
  const endings = Map.groupBy(endingsOf(attack) ?? [], (end) => end.split('/')[0] ?? '');
  const shown = [...endings].map(([status, all]) => {
    const limits = all.flatMap((end) => end.split('/')[1] ?? []);
    return limits.length === 0 ? status : `${status}/${limits.join('|')}`;
  });
  return [...(attack.answers ?? []), ...shown].join(', ');
}

function seenOf({ jobs, answers }: Evidence): string {
  const ends = jobs.map((job) => (job === undefined ? 'gone' : endOf(job)));
  return [[...new Set(answers)].join(' or '), [...new Set(ends)].join(' or ')].filter(Boolean).join(', ');
}
