import { setImmediate } from 'node:timers/promises';
import { decode } from '../../../sandbox/wire/decode.ts';
import { encode } from '../../../sandbox/wire/encode.ts';
import { Slots } from '../../gate/slots.ts';
import type { Env } from '../env.ts';
import { callOperation } from './call-method.ts';
import type { CommitDeps } from './commit.ts';
import { encodeShown, isShown } from './encode-shown.ts';
import { KeptBytes } from './kept-bytes.ts';
import { messagePostOperation } from './messages.ts';
import {
  beginOperation,
  commitOperation,
  countOperation,
  createOperation,
  type EnvCall,
  readOperation,
  rollbackOperation,
  searchOperation,
  unlinkOperation,
  writeOperation,
} from './operations.ts';
import { refOperation } from './ref.ts';
import { EnvSession } from './session.ts';

const OPERATIONS: ReadonlyMap<string, (call: EnvCall) => Promise<unknown>> = new Map<
  string,
  (call: EnvCall) => Promise<unknown>
>([
  ['env.search', searchOperation],
  ['env.search_count', countOperation],
  ['env.read', readOperation],
  ['env.create', createOperation],
  ['env.write', writeOperation],
  ['env.unlink', unlinkOperation],
  ['env.call', callOperation],
  ['env.message_post', messagePostOperation],
  ['env.ref', refOperation],
  ['env.begin', beginOperation],
  ['env.commit', commitOperation],
  ['env.rollback', rollbackOperation],
]);

/** These give back what a transaction keeps. */
const ENDS: ReadonlySet<string> = new Set(['env.commit', 'env.rollback']);

/** Calls of one job that are served beside each other; the others wait. */
const AT_ONCE = 4;
/** One query of a job, unless the operator gives queries less; what takes longer ends the job. */
export const LONGEST_QUERY_MS = 5000;

/** `env` on the records that the store keeps. `queryMs`: how long one query of a job may take. */
export function createEmbedded(deps: CommitDeps, { queryMs = LONGEST_QUERY_MS } = {}): Env {
  const slots = new Slots(AT_ONCE, Number.POSITIVE_INFINITY);
  /** What is done in a transaction is done one after the other: each call stands on the one before. */
  const turns = new Slots(1, Number.POSITIVE_INFINITY);
  const kept = new KeptBytes();

  return {
    has: (operation) => OPERATIONS.has(operation),
    open: (writer, projectId) => new EnvSession(writer, projectId),
    close(session) {
      session.close();
      kept.note(session);
    },

    async call(operation, args, session, { jobId, signal }) {
      const run = OPERATIONS.get(operation);
      if (run === undefined) throw new Error(`There is no operation "${operation.slice(0, 100)}".`);
      const leave = await (session.isOpen ? turns : slots).take(jobId, signal);
      try {
        // Many calls in a row would hold everybody up otherwise.
        await setImmediate();
        signal.throwIfAborted();
        if (session.isOpen && !ENDS.has(operation)) kept.checkRoom(session);
        const list: unknown = decode(args);
        const terms = { caller: session.projectId, timeoutMs: queryMs, signal };
        const result = await run({ deps, session, args: Array.isArray(list) ? list : [], terms });
        return isShown(result) ? await encodeShown(result) : encode(result);
      } finally {
        kept.note(session);
        leave();
      }
    },
  };
}
