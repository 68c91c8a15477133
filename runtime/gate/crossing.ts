import type { Masker } from '../mask/masker.ts';
import type { KeptSecrets } from '../sealed/kept-secrets.ts';
import type { Store } from '../store/store.ts';
import type { Aborts } from './aborts.ts';
import type { Budget } from './budget.ts';
import type { Origin } from './gate.ts';
import type { Outcomes } from './outcomes.ts';
import type { Pauses } from './pauses.ts';
import type { Pools } from './pools.ts';
import type { Resolve } from './resolve.ts';
import type { Tokens } from './sign/tokens.ts';
import type { Slots } from './slots.ts';
import type { KeptBodies } from './spool/kept-bodies.ts';
import type { Spool } from './spool/spool.ts';

/** What the gate has for all calls. */
export interface GateParts {
  readonly store: Pick<Store, 'appendLedger'>;
  readonly resolve: Resolve;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pools: Pools;
  readonly pauses: Pauses;
  readonly jobSlots: Slots;
  readonly projectSlots: Slots;
  readonly budget: Budget;
  readonly spool: Spool;
  readonly bodies: KeptBodies;
  readonly aborts: Aborts;
  readonly outcomes: Outcomes;
  readonly tokens: Tokens;
  /** Undefined: a refresh token that changes cannot be stored. */
  readonly kept: KeptSecrets | undefined;
  /** A new signal for the renewal of a refresh token, which outlives its job and the closing of the gate for a while. */
  readonly renewing: () => AbortSignal;
  /** Open connections that were dialled, by project. */
  readonly dialled: Map<string, number>;
}

/** One call on its way through the gate. */
export interface Crossing extends GateParts {
  readonly origin: Origin;
  /** Aborted when the job ends or the gate closes; its reason says which. */
  readonly signal: AbortSignal;
  /** Of the project's secrets and hook paths, and of the placeholders of the attempt. */
  readonly masker: Masker;
}
