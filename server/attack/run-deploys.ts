import { HOSTILE_DEPLOYS, HOSTILE_SLUG, type HostileDeploy } from './hostile-deploys.ts';
import { removeProject } from './prepared-project.ts';
import type { FamilyRun } from './run-family.ts';
import type { Reply, Target } from './target.ts';
import type { CaseResult } from './verdict.ts';

export const COMPILER_FAMILY = 'compiler';
/** The compiler is given 20 seconds; a busy machine a few more. */
const MOST_MS = 25_000;

/** Deploys each hostile project; whatever became of it is deleted. */
export async function runDeploys(run: FamilyRun): Promise<readonly CaseResult[]> {
  const { target, only, onCase } = run;
  const results: CaseResult[] = [];
  for (const deploy of HOSTILE_DEPLOYS.filter(({ name }) => only === undefined || name === only)) {
    run.signal?.throwIfAborted();
    const result = await runDeploy(target, deploy);
    results.push(result);
    onCase(result);
  }
  await removeProject(target, HOSTILE_SLUG);
  return results;
}

async function runDeploy(target: Target, deploy: HostileDeploy): Promise<CaseResult> {
  const start = performance.now();
  const body = { files: deploy.files(), ...(deploy.bundle ? { bundle: deploy.bundle() } : {}) };
  const reply = await target.call('PUT', `/projects/${HOSTILE_SLUG}`, body);
  const ms = Math.round(performance.now() - start);
  return {
    family: COMPILER_FAMILY,
    name: deploy.name,
    tries: deploy.tries,
    expected: deploy.answers.join(' or '),
    seen: String(reply.status),
    ms,
    problems: judgeReply(deploy, reply, ms),
  };
}

function judgeReply({ answers, file }: HostileDeploy, { status, text, json }: Reply, ms: number): string[] {
  const problems: string[] = [];
  if (!answers.includes(status)) problems.push(`the deploy was answered ${status}: ${text.slice(0, 300)}`);
  if (ms > MOST_MS) problems.push(`the deploy took ${ms} ms`);
  if (status === 422 && file !== undefined && !filesIn(json).includes(file)) {
    problems.push(`the refusal does not name ${file}: ${text.slice(0, 300)}`);
  }
  if (/root:[^:]*:0:0|"devDependencies"/.test(text)) problems.push('the answer holds a file of the server');
  return problems;
}

function filesIn(json: unknown): readonly string[] {
  const { error } = (json ?? {}) as { readonly error?: { readonly details?: readonly { file?: string }[] } };
  return (error?.details ?? []).map((detail) => detail.file ?? '');
}
