import { placelessError } from '../../sandbox/job/job-error.ts';
import type { Outcome } from '../../sandbox/types.ts';
import type { Found, Masker } from '../mask/masker.ts';
import type { HookAnswer } from '../runtime.ts';
import { readResult } from './answer.ts';

/** The answer that may be sent, and what became of the job by it: an answer that is refused makes it a failed one. */
export interface Judged {
  readonly outcome: Outcome;
  readonly answer: HookAnswer;
  /** What the handler returned, as it is shown with the job. */
  readonly result: unknown;
  /** A sentence for the job's log; null when nothing was left out. */
  readonly warning: string | null;
  /** Why the answer was refused: the secrets in it. */
  readonly secrets: readonly Found[];
}

/** Reading, searching and storing such a body take milliseconds each: others have their turn in between. */
const LARGE = 1024 * 1024;

/** Makes the answer of a finished webhook job. What went wrong is never told to the caller. */
export async function judgeAnswer(
  outcome: Outcome,
  jobId: string,
  secrets: Masker,
  ownOrigin: boolean,
): Promise<Judged> {
  if (outcome.status !== 'done') return failed(outcome, jobId);
  const refuse = (message: string, found: readonly Found[] = []): Judged => ({
    ...failed(refused(outcome, secrets.mask(message)), jobId),
    secrets: found,
  });

  const read = readResult(outcome.result, ownOrigin);
  if (read === undefined) return refuse('The sandbox sent a result that cannot be read.');
  if (!read.ok) return refuse(read.problem);
  if (read.answer.body.length > LARGE) await new Promise(setImmediate);
  const found = await findSecrets(read.answer, secrets);
  if (found.length > 0) {
    return refuse('The answer was not sent: it contains the value of a secret. Answer without it.', found);
  }
  const warning = read.warning === null ? null : secrets.mask(read.warning);
  return { outcome, answer: read.answer, result: read.shown, warning, secrets: [] };
}

/** What a caller gets when its job was not done. */
export function plainAnswer(status: number, text: string): HookAnswer {
  return { status, headers: [['Content-Type', 'text/plain; charset=utf-8']], body: text };
}

const failed = (outcome: Outcome, jobId: string): Judged => ({
  outcome,
  answer: restAnswer(outcome, jobId) ?? plainAnswer(500, `The webhook failed. Job ${jobId}\n`),
  result: null,
  warning: null,
  secrets: [],
});

/** The task is not started for a while: undefined when that is not the reason. */
function restAnswer(outcome: Outcome, jobId: string): HookAnswer | undefined {
  if (outcome.status !== 'crashed' || outcome.notBefore === undefined) return undefined;
  const seconds = Math.max(1, Math.ceil((outcome.notBefore - Date.now()) / 1000));
  const { headers, ...answer } = plainAnswer(503, `The webhook is not available now. Job ${jobId}\n`);
  return { ...answer, headers: [...headers, ['Retry-After', String(seconds)]] };
}

function refused({ cpuMs }: Outcome, message: string): Outcome {
  return { status: 'failed', error: placelessError('AnswerRefused', message), cpuMs };
}

async function findSecrets({ body, headers }: HookAnswer, secrets: Masker): Promise<readonly Found[]> {
  const written = headers.flat().filter((text) => secrets.contains(text));
  const found = await Promise.all([body, ...written].map((part) => secrets.find(part)));
  return found.flat();
}
