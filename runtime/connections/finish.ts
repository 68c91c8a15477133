import { messageOf } from '../../sandbox/message-of.ts';
import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import type { Gate } from '../gate/gate.ts';
import { uuidv7 } from '../ids.ts';
import type { Actor } from '../runtime.ts';
import type { Store } from '../store/store.ts';
import { exchangeCode } from './exchange-code.ts';
import type { PendingConnection, PendingConnections } from './pending.ts';

/** What the provider's redirect brings; all of it is written by strangers. */
export interface ConnectionReturn {
  readonly state: string;
  readonly code: string | undefined;
  readonly error: string | undefined;
}

/** How a connection ended. Project and key are null when it was not one of ours. `message`: sentences, never a token. */
export interface ConnectionEnd {
  readonly connected: boolean;
  readonly project: string | null;
  readonly key: string | null;
  readonly message: string;
}

export interface FinishDeps {
  readonly store: Pick<Store, 'appendAudit' | 'listTokens'>;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly gate: Pick<Gate, 'call'>;
  readonly pending: PendingConnections;
  setSecret(slug: string, key: string, value: string, actor: Actor): Promise<unknown>;
}

const AGAIN = 'Begin again with a new link.';
const UNKNOWN = `This link is not known: it was used already, or it is older than ten minutes. ${AGAIN}`;

/** Ends the connection with this state, well or not: a second attempt with it is not known. */
export async function finishConnection(
  deps: FinishDeps,
  { state, code, error }: ConnectionReturn,
): Promise<ConnectionEnd> {
  const pending = await deps.pending.take(state, deps.clock.now());
  if (pending === undefined) return { connected: false, project: null, key: null, message: UNKNOWN };
  const end = (connected: boolean, message: string): ConnectionEnd =>
    Object.freeze({ connected, project: pending.slug, key: pending.key, message });
  if (error !== undefined) return end(false, `The provider refused${wordOf(error)}. ${AGAIN}`);
  if (code === undefined || code === '') return end(false, `The provider sent no code. ${AGAIN}`);
  try {
    const refusal = await connect(deps, pending, code);
    return refusal === undefined ? end(true, connectedTo(pending)) : end(false, refusal);
  } catch (cause) {
    return end(false, `${messageOf(cause)} Then begin again with a new link.`);
  }
}

/** Resolves with why nothing was stored, or undefined. */
async function connect(
  deps: FinishDeps,
  pending: PendingConnection,
  code: string,
): Promise<string | undefined> {
  const { slug, key, actor } = pending;
  if (!(await isStillManager(deps, actor))) return 'The token of who began this has ended. Ask a Manager.';
  const live = projectOf(deps, pending);
  if (live === undefined) return GONE;
  const token = await exchangeCode({ gate: deps.gate, now: () => deps.clock.now() }, live, pending, code);
  if (token === undefined) return NO_REFRESH_TOKEN;
  if (projectOf(deps, pending) === undefined) return GONE;
  await deps.setSecret(slug, key, token, actor);
  const at = deps.clock.now();
  const nothing = { task: null, trigger: null, job: null, version: null };
  const message = `Secret ${key} was set: an OAuth 2 provider gave a refresh token.`;
  const row = { id: uuidv7(at), at, kind: 'secret_set', project: slug, ...nothing } as const;
  await deps.store.appendAudit([{ ...row, user: actor.name, name: key, message }]);
  return undefined;
}

const GONE = 'The project, or its sealed secret, is not there any more.';
const NO_REFRESH_TOKEN =
  'The provider gave no refresh token. Begin again and ask for one: many providers want the scope offline_access, others a parameter in authorize_url.';

const connectedTo = ({ slug, key }: PendingConnection): string =>
  `The refresh token is now the value of the secret ${key} of project ${slug}. You can close this page; the next job uses it.`;

/** The project that the connection was begun for, not another one of the same name. */
function projectOf({ catalog }: FinishDeps, { slug, projectId, key }: PendingConnection) {
  const live = catalog.get(slug);
  const isSealed = live?.version.manifest.secrets.some((secret) => secret.key === key && secret.sealed);
  return live?.project.id === projectId && isSealed === true ? live : undefined;
}

async function isStillManager({ store }: FinishDeps, { id }: Actor): Promise<boolean> {
  if (id === null) return true;
  return (await store.listTokens()).some((token) => token.id === id && token.role === 'manager');
}

/** The error codes of RFC 6749 are such words; anything else is left out. */
const wordOf = (error: string): string => (/^[a-z_]{1,40}$/.test(error) ? ` (${error})` : '');
