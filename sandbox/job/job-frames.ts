import type { Encoded } from '../types.ts';
import { toEncoded } from '../wire/encoded-parts.ts';
import type { Head } from '../wire/frames.ts';

/*
 * What a runner may say about a job that it holds, read out of its frames. Code that took over a runner can send anything,
 * so each frame is read here item by item: what is not exactly of one of these shapes is no frame.
 */

/** Processor time of the job in this runner so far, the entry under way left out. */
interface Charged {
  readonly cpuMs: number;
}
export interface LogFrame {
  readonly kind: 'log';
  readonly level: string;
  readonly message: string;
  readonly at: number;
}
export interface CallFrame extends Charged {
  readonly kind: 'call';
  readonly callId: number;
  readonly operation: string;
  readonly args: Encoded;
}
interface LimitFrame extends Charged {
  readonly kind: 'limit';
  readonly limit: LimitWord;
  readonly detail: string;
}
interface LostFrame {
  readonly kind: 'lost';
}

export type TaskFrame =
  | LogFrame
  | CallFrame
  | LimitFrame
  | LostFrame
  | (Ending & { readonly kind: 'done'; readonly result: Encoded })
  | (Ending & ThrownParts & { readonly kind: 'fail'; readonly callId: number });

export type VaultFrame =
  | LogFrame
  | CallFrame
  | LimitFrame
  | LostFrame
  | (Ending & { readonly kind: 'return'; readonly callId: number; readonly value: Encoded })
  | (Ending & ThrownParts & { readonly kind: 'throw'; readonly callId: number });

/** `dropped`: log lines so far that were over the limit. */
interface Ending extends Charged {
  readonly dropped: number;
}

interface ThrownParts {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

const LIMIT_WORDS = ['wall', 'cpu', 'memory', 'result', 'messages', 'calls'] as const;
type LimitWord = (typeof LIMIT_WORDS)[number];

const MAX_OPERATION = 256;
/** Names, messages and stacks are cut at a quarter of that inside the realm. */
const MAX_TEXT = 65_536;
const MAX_LOG_TEXT = 128 * 1024;
const MAX_CPU_MS = 24 * 3600 * 1000;

type Parts = readonly Uint8Array[];

const isText = (item: unknown, most: number): item is string =>
  typeof item === 'string' && item.length <= most;
const isCount = (item: unknown): item is number =>
  typeof item === 'number' && Number.isSafeInteger(item) && item >= 0;
const isTime = (item: unknown): item is number =>
  typeof item === 'number' && Number.isFinite(item) && item >= 0 && item <= MAX_CPU_MS;

/** A frame of a task runner; undefined when it is none. */
export function readTaskFrame(head: Head, parts: Parts): TaskFrame | undefined {
  const [kind, , a, b, c, d, e, f] = head;
  switch (kind) {
    case 'done':
      if (!isTime(a) || !isCount(b) || parts.length === 0) return undefined;
      return { kind, cpuMs: a, dropped: b, result: toEncoded(parts) };
    case 'fail':
      if (!isTime(a) || !isCount(b) || !isCount(f)) return undefined;
      if (!isText(c, MAX_TEXT) || !isText(d, MAX_TEXT) || !isText(e, MAX_TEXT)) return undefined;
      return { kind, cpuMs: a, dropped: b, name: c, message: d, stack: e, callId: f };
    default:
      return readCommonFrame(head, parts);
  }
}

/** A frame of a vault runner; undefined when it is none. */
export function readVaultFrame(head: Head, parts: Parts): VaultFrame | undefined {
  const [kind, , a, b, c, d, e, f] = head;
  switch (kind) {
    case 'return':
      if (!isCount(a) || !isTime(b) || !isCount(c) || parts.length === 0) return undefined;
      return { kind, callId: a, cpuMs: b, dropped: c, value: toEncoded(parts) };
    case 'throw':
      if (!isCount(a) || !isTime(b) || !isCount(c)) return undefined;
      if (!isText(d, MAX_TEXT) || !isText(e, MAX_TEXT) || !isText(f, MAX_TEXT)) return undefined;
      return { kind, callId: a, cpuMs: b, dropped: c, name: d, message: e, stack: f };
    default:
      return readCommonFrame(head, parts);
  }
}

function readCommonFrame([kind, , a, b, c]: Head, parts: Parts): (TaskFrame & VaultFrame) | undefined {
  switch (kind) {
    case 'log':
      if (!isText(a, MAX_OPERATION) || !isText(b, MAX_LOG_TEXT) || typeof c !== 'number') return undefined;
      return { kind, level: a, message: b, at: c };
    case 'call':
      if (!isCount(a) || !isText(b, MAX_OPERATION) || !isTime(c) || parts.length === 0) return undefined;
      return { kind, callId: a, operation: b, cpuMs: c, args: toEncoded(parts) };
    case 'limit': {
      const limit = LIMIT_WORDS.find((word) => word === b);
      if (!isTime(a) || limit === undefined || !isText(c, MAX_TEXT)) return undefined;
      return { kind, cpuMs: a, limit, detail: c };
    }
    case 'lost':
      return { kind };
    default:
      return undefined;
  }
}

/** What is said of a runner that sent something else. */
export const noFrame = ([kind]: Head): string => `${String(kind).slice(0, 40)} is no frame`;
