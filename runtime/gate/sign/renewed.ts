import type { KeptSecrets } from '../../sealed/kept-secrets.ts';
import { type SealedValue, sealsWith } from '../../sealed/seals.ts';
import type { Crossing } from '../crossing.ts';
import type { FetchRequest } from '../fetch-request.ts';
import type { SendRequest } from './oauth2.ts';
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts';
import type { Token } from './tokens.ts';

export interface RenewOptions {
  readonly crossing: Crossing;
  readonly kept: KeptSecrets;
  /** Whose placeholder stands in the request. */
  readonly secret: SealedValue;
  readonly request: FetchRequest;
  readonly send: SendRequest;
  failed(what: string): TypeError;
}

/** Each time another process, or a Manager, was faster. */
const MOST_TRIES = 3;

/**
 * An access token for the refresh token that the secret holds now. When the server gives another refresh token, that one is
 * stored before the access token is used. It goes on when the job that needs it ends: the server may have ended the old
 * refresh token by then, and the answer is the only place where the new one is. Throws what `failed` makes, and what `send`
 * throws.
 */
export async function renewed(options: RenewOptions): Promise<Token> {
  const { crossing, kept, secret, failed } = options;
  const projectId = crossing.origin.project.project.id;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const held = await kept.current(projectId, secret.key);
    if (held === undefined) {
      throw failed(`was not asked: the secret ${secret.key} has no value any more. Ask a Manager to set it`);
    }
    const { token, refreshToken } = await answerFor(held, options);
    if (token === undefined) continue;
    if (refreshToken === undefined || refreshToken === held.value) return { ...token, of: held.id };
    const id = await kept.replace(projectId, secret.key, held.id, refreshToken, aboutOf(options));
    if (id !== undefined) return { ...token, of: id };
  }
  throw failed(`was asked ${MOST_TRIES} times, and each time the secret ${secret.key} was changed meanwhile`);
}

/** No token when it was refused because the value has been replaced since it was read. */
async function answerFor(
  held: { readonly id: string; readonly value: string },
  { crossing, kept, secret, request, send, failed }: RenewOptions,
): Promise<Partial<TokenAnswer>> {
  const { origin, budget, renewing, now } = crossing;
  const projectId = origin.project.project.id;
  const seals = sealsWith(origin.seals, { ...secret, value: held.value });
  const hold = budget.open(projectId);
  try {
    const by = { ...crossing, origin: { ...origin, seals }, signal: renewing() };
    return readTokenAnswer(await send(by, request, hold), now(), failed);
  } catch (error) {
    if ((await kept.idOf(projectId, secret.key)) === held.id) throw error;
    return {};
  } finally {
    hold.release();
  }
}

function aboutOf({ crossing: { origin }, secret }: RenewOptions) {
  return {
    slug: origin.project.project.slug,
    version: origin.project.version.number,
    task: origin.task,
    trigger: origin.trigger,
    job: origin.jobId,
    message: `Secret ${secret.key} was set: the server of its access tokens gave another refresh token.`,
  };
}
