import { AppError } from '../runtime/app-error.ts';
import type { Actor } from '../runtime/runtime.ts';
import { FairShares } from './fair-shares.ts';
import { LARGEST_BODY } from './read-json.ts';

/** Calls that wait for a job, at once; one token gets half of them. */
const MOST_WAITS = 200;
/** Bodies under way together; one token gets half of it. */
const MOST_BYTES = 256 * 1024 ** 2;
/** Exports under way; one token gets half of them. */
const MOST_EXPORTS = 8;

/** Streams of events that are open; one token gets half of them. Each looks at every log line, and may hold some megabytes of them. */
const MOST_STREAMS = 64;

/** What callers of the API share. All throw an AppError 503 when the caller's share is used up. */
export interface ApiShares {
  /** Runs a call that keeps its caller waiting. */
  whileWaiting<Value>(actor: Actor, run: () => Promise<Value>): Promise<Value>;
  /** Runs a call with the body of this request. */
  withBody<Value>(actor: Actor, request: Request, run: () => Promise<Value>): Promise<Value>;
  /** Takes a place among the exports. Returns what gives it back. */
  takeExport(actor: Actor): () => void;
  /** Takes a place among the streams of events. Returns what gives it back. */
  takeStream(actor: Actor): () => void;
}

/** Nobody has anything yet. */
export function createApiShares(): ApiShares {
  const waits = new FairShares(MOST_WAITS);
  const bytes = new FairShares(MOST_BYTES);
  const exports = new FairShares(MOST_EXPORTS);
  const streams = new FairShares(MOST_STREAMS);
  return {
    whileWaiting: (actor, run) => hold(waits, actor, 1, 'calls that wait for a job', run),
    withBody: (actor, request, run) => hold(bytes, actor, lengthOf(request), 'bytes of bodies', run),
    takeExport: (actor) => take(exports, actor, 1, 'exports'),
    takeStream: (actor) => take(streams, actor, 1, 'streams'),
  };
}

async function hold<Value>(
  shares: FairShares,
  actor: Actor,
  amount: number,
  what: string,
  run: () => Promise<Value>,
): Promise<Value> {
  const give = take(shares, actor, amount, what);
  try {
    return await run();
  } finally {
    give();
  }
}

function take(shares: FairShares, actor: Actor, amount: number, what: string): () => void {
  const holder = actor.id ?? actor.name;
  if (!shares.take(holder, amount)) {
    const message = `${actor.name} has too many ${what} under way already (${shares.heldBy(holder)}). Try again when some of them have ended.`;
    throw new AppError('too_much_under_way', 503, message);
  }
  return () => shares.give(holder, amount);
}

/** A body without a length may be as large as any. */
function lengthOf(request: Request): number {
  const declared = request.headers.get('content-length');
  if (declared === null) return request.body === null ? 0 : LARGEST_BODY;
  return Math.min(Number(declared) || 0, LARGEST_BODY);
}
