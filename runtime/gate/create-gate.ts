import { tmpdir } from 'node:os';
import type { Encoded } from '../../sandbox/types.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import type { Masker } from '../mask/masker.ts';
import { masksOf } from '../mask/project-masks.ts';
import type { KeptSecrets } from '../sealed/kept-secrets.ts';
import { maskerOver } from '../sealed/masker-over.ts';
import type { Store } from '../store/store.ts';
import { isStoreUnavailable, storeAway } from '../store/store-unavailable.ts';
import { Aborts } from './aborts.ts';
import { Budget } from './budget.ts';
import type { Crossing, GateParts } from './crossing.ts';
import { declareOutgoing } from './declare.ts';
import { dial } from './dial.ts';
import { eitherOf } from './either-of.ts';
import { abortFetch, gateFetch } from './fetch.ts';
import type { Gate, Origin } from './gate.ts';
import {
  BODIES_PER_PROJECT,
  REQUESTS_PER_JOB,
  REQUESTS_PER_PROJECT,
  SPOOL_LIMITS,
  type SpoolLimits,
  WAITING_PER_JOB,
} from './limits.ts';
import { Outcomes } from './outcomes.ts';
import { Pauses } from './pauses.ts';
import { Pools } from './pools.ts';
import { type Resolve, systemResolve } from './resolve.ts';
import type { SharedTokens } from './sign/shared-tokens.ts';
import { Tokens } from './sign/tokens.ts';
import { Slots } from './slots.ts';
import { KeptBodies } from './spool/kept-bodies.ts';
import { cancelBody, readBody } from './spool/read-body.ts';
import { Spool } from './spool/spool.ts';

type Operation = (crossing: Crossing, args: readonly unknown[]) => Promise<unknown>;

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['fetch', gateFetch],
  ['fetch_abort', abortFetch],
  ['fetch_body', readBody],
  ['fetch_cancel', cancelBody],
  ['log_outgoing_data', declareOutgoing],
  ['log_transmission', declareOutgoing],
]);

export interface GateOptions {
  readonly store: Pick<Store, 'appendLedger'>;
  /** Stores refresh tokens that change with each use; without it they are refused. */
  readonly kept?: KeptSecrets;
  /** Access tokens of other processes; without it each process fetches its own. */
  readonly shared?: SharedTokens | undefined;
  /** Where large bodies wait; the system's folder for temporary files unless given. */
  readonly spoolFolder?: string | undefined;
  readonly spoolLimits?: SpoolLimits;
  readonly resolve?: Resolve;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const STOPPING = new Error('Sluice is stopping.');
/** For the server of a token to answer. */
const LONGEST_RENEWAL_MS = 30_000;
/** Of that, what is left to it when the gate closes. */
const RENEWAL_GRACE_MS = 5_000;

/** Opens the gate. It holds nothing but connections, which end by themselves when nobody uses them. */
export function createGate(options: GateOptions): Gate {
  const { store, kept, shared, spoolFolder = tmpdir(), spoolLimits = SPOOL_LIMITS } = options;
  const { resolve = systemResolve, now = Date.now } = options;
  const closing = new AbortController();
  const givingUp = new AbortController();
  const parts: GateParts = Object.freeze({
    store,
    resolve,
    now,
    pools: new Pools(),
    pauses: new Pauses(),
    jobSlots: new Slots(REQUESTS_PER_JOB, WAITING_PER_JOB),
    projectSlots: new Slots(REQUESTS_PER_PROJECT, Number.POSITIVE_INFINITY),
    budget: new Budget(BODIES_PER_PROJECT),
    spool: new Spool(spoolFolder, spoolLimits),
    bodies: new KeptBodies(),
    aborts: new Aborts(),
    outcomes: new Outcomes(),
    tokens: new Tokens(shared),
    kept,
    renewing: () => AbortSignal.any([givingUp.signal, AbortSignal.timeout(LONGEST_RENEWAL_MS)]),
    dialled: new Map(),
  });
  const underWay = new Set<Promise<Encoded>>();
  const connections = new Set<Promise<void>>();

  return {
    async call(operation, args, origin) {
      closing.signal.throwIfAborted();
      const crossed = cross(parts, operation, args, origin, closing.signal);
      underWay.add(crossed);
      try {
        return await crossed;
      } finally {
        underWay.delete(crossed);
      }
    },
    async dial(place, origin) {
      closing.signal.throwIfAborted();
      const { crossing, forget } = begin(parts, origin, closing.signal);
      try {
        const dialled = await dial(crossing, place);
        const ended = dialled.ended.catch(() => {}).finally(forget);
        connections.add(ended);
        ended.finally(() => connections.delete(ended));
        return dialled;
      } catch (error) {
        forget();
        throw withoutSecrets(error, crossing.masker);
      }
    },
    written: (origin) => parts.outcomes.written(origin.signal),
    async close() {
      closing.abort(STOPPING);
      const giveUp = setTimeout(() => givingUp.abort(STOPPING), RENEWAL_GRACE_MS);
      await Promise.allSettled([...underWay, ...connections, parts.tokens.settled()]);
      await parts.outcomes.settled();
      clearTimeout(giveUp);
      parts.bodies.end();
      await parts.pools.close();
    },
  };
}

async function cross(
  parts: GateParts,
  operation: string,
  args: Encoded,
  origin: Origin,
  closing: AbortSignal,
): Promise<Encoded> {
  const run = OPERATIONS.get(operation);
  if (run === undefined) throw new Error(`The gate has no operation "${operation.slice(0, 100)}".`);
  const { crossing, forget } = begin(parts, origin, closing);
  try {
    return encode(await run(crossing, listOf(decode(args))));
  } catch (error) {
    throw withoutSecrets(error, crossing.masker);
  } finally {
    forget();
  }
}

/** A call begins; `forget` lets go of its signals when it has ended. */
function begin(
  parts: GateParts,
  origin: Origin,
  closing: AbortSignal,
): { readonly crossing: Crossing; forget(): void } {
  const masker = maskerOver(masksOf(origin.project).stored, origin.seals);
  const { signal, forget } = eitherOf(origin.signal, closing);
  return { crossing: { ...parts, origin, masker, signal }, forget };
}

function listOf(args: unknown): readonly unknown[] {
  if (!Array.isArray(args)) throw new TypeError('The arguments of an operation are a list.');
  return args;
}

/** Name and message are all that user code gets of an error. That the database is away is told as what it is: the job may run again. */
function withoutSecrets(error: unknown, masker: Masker): Error {
  if (isStoreUnavailable(error)) return storeAway();
  const { name, message } = error instanceof Error ? error : new Error('The gate failed.');
  const safe = new Error(masker.mask(message));
  safe.name = masker.mask(name);
  return safe;
}
