import { isDeepStrictEqual } from 'node:util';
import { type AttackCase, endingsOf } from './attack-case.ts';
import { endOf, type SeenJob } from './run-jobs.ts';

export interface LogLine {
  readonly message: string;
  readonly name: string;
}

/** What came of a case. */
export interface Evidence {
  /** Every job of it; undefined for one that does not exist any more. */
  readonly jobs: readonly (SeenJob | undefined)[];
  /** Statuses of its webhook. */
  readonly answers: readonly number[];
  readonly logs: readonly LogLine[];
  /** The job as a Developer reads it. */
  readonly asDeveloper: string;
}

/** How long after its wall time a job may end. */
const GRACE_MS = 1000;

/** Everything about the evidence that is not as expected, in words. */
export function judge(attack: AttackCase, evidence: Evidence, timeoutMs: number): readonly string[] {
  return [
    ...judgeAnswers(attack, evidence.answers),
    ...judgeJobs(attack, evidence.jobs, timeoutMs),
    ...judgeLogs(attack, evidence.logs),
    ...attack.hides
      .filter((text) => evidence.asDeveloper.includes(text))
      .map((text) => `Developers can read ${text}`),
  ];
}

function judgeAnswers({ answers }: AttackCase, seen: readonly number[]): string[] {
  if (answers === undefined) return [];
  const odd = new Set(seen.filter((status) => !answers.includes(status)));
  return [...odd].map((status) => `the webhook answered ${status}`);
}

function judgeJobs(attack: AttackCase, jobs: readonly (SeenJob | undefined)[], timeoutMs: number): string[] {
  const endings = endingsOf(attack);
  if (endings === null) return [];
  if (jobs.length === 0) return ['there was no job'];
  const problems = jobs.flatMap((job) => judgeJob(attack, endings, job, timeoutMs));
  return [...new Set(problems)];
}

function judgeJob(
  { result, says }: AttackCase,
  endings: readonly string[],
  job: SeenJob | undefined,
  timeoutMs: number,
): string[] {
  if (job === undefined) return endings.includes('gone') ? [] : ['its job is gone'];
  const problems: string[] = [];
  const end = endOf(job);
  if (!endings.includes(end)) problems.push(`it ended ${end}: ${job.error?.message ?? shown(job.result)}`);
  else if (result !== undefined && !isDeepStrictEqual(job.result, result))
    problems.push(`its result is ${shown(job.result)}`);
  if (says !== undefined && job.error?.message.includes(says) !== true) {
    problems.push(
      `its error says ${JSON.stringify(job.error?.message ?? null)}, not ${JSON.stringify(says)}`,
    );
  }
  if ((job.duration_ms ?? 0) > timeoutMs + GRACE_MS) {
    problems.push(`it took ${job.duration_ms} ms; its limit is ${timeoutMs} ms`);
  }
  return problems;
}

function judgeLogs({ lines, contains, names }: AttackCase, logs: readonly LogLine[]): string[] {
  const problems: string[] = [];
  if (lines !== undefined && logs.length > lines)
    problems.push(`it left ${logs.length} log lines, more than ${lines}`);
  for (const text of contains) {
    if (!logs.some(({ message }) => message.includes(text)))
      problems.push(`no log line has ${JSON.stringify(text)}`);
  }
  const odd = names === undefined ? [] : logs.filter(({ name }) => !names.includes(name));
  if (odd.length > 0) problems.push(`a log line claims to be of ${odd[0]?.name}`);
  return problems;
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 300);
