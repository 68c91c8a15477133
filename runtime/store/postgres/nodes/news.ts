import pg from 'pg';
import { messageOf } from '../../../../sandbox/message-of.ts';
import type { News } from '../../node-store.ts';
import { connectionOf } from '../database/connection-of.ts';
import type { Session } from '../database/session.ts';

const CHANNEL = 'sluice';
/** After a break, in milliseconds; doubled at each try that fails. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A connection over which nothing came for so long is asked whether it still lives. */
const ASK_EVERY_MS = 10_000;

export interface NewsOptions {
  readonly url: string;
  /** Names this process: it does not hear what it says itself. */
  readonly process: string;
  /** Told when nothing is heard any more, and when it is again. */
  report(message: string): void;
}

/** What processes of one database tell each other, by LISTEN and NOTIFY. */
export interface NewsLine {
  /** Within a transaction: heard when it is committed, and not before. */
  tell(session: Session, news: News): Promise<void>;
  watch(listener: (news: News) => void): () => void;
  close(): Promise<void>;
}

/**
 * Listens on a connection of its own.
 *
 *     connecting -> listening (told: `missed`, since anything may have been said before) -> broken -> pause -> connecting
 */
export function newsLine({ url, process, report }: NewsOptions): NewsLine {
  const listeners = new Set<(news: News) => void>();
  let client: pg.Client | undefined;
  let pause = FIRST_PAUSE_MS;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let wasHeard = true;
  let isListening = false;

  const told = (news: News): void => {
    for (const listener of [...listeners]) listener(news);
  };

  async function listen(): Promise<void> {
    const opened = new pg.Client({ ...connectionOf(url), query_timeout: ASK_EVERY_MS });
    client = opened;
    const broken = (error: Error): void => {
      if (client === opened) again(error);
    };
    opened.on('error', broken);
    opened.on('end', () => broken(new Error('the connection ended')));
    opened.on('notification', ({ payload }) => {
      const heard = parseNews(payload ?? '', process);
      if (heard !== undefined) told(heard);
    });
    try {
      await opened.connect();
      await opened.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      broken(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (client !== opened) return;
    pause = FIRST_PAUSE_MS;
    if (!wasHeard) report('What other nodes tell is heard again.');
    wasHeard = true;
    isListening = true;
    told(MISSED);
    ask(opened, broken);
  }

  function ask(opened: pg.Client, broken: (error: Error) => void): void {
    timer = setTimeout(() => {
      opened.query('SELECT 1').then(() => client === opened && ask(opened, broken), broken);
    }, ASK_EVERY_MS);
  }

  function again(error: Error): void {
    const gone = client;
    client = undefined;
    isListening = false;
    clearTimeout(timer);
    gone?.end().catch(() => {});
    if (closed) return;
    if (wasHeard)
      report(
        `Other nodes are not heard: ${messageOf(error)}. Sluice connects again and looks by itself meanwhile.`,
      );
    wasHeard = false;
    timer = setTimeout(() => void listen(), pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }

  void listen();

  return {
    async tell(session, news) {
      await session.rows(TELL, [CHANNEL, JSON.stringify({ process, ...news })]);
    },
    watch(listener) {
      listeners.add(listener);
      // What was said before it listened.
      if (isListening) queueMicrotask(() => listener(MISSED));
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      const gone = client;
      client = undefined;
      await gone?.end().catch(() => {});
    },
  };
}

const TELL = { name: 'tell', text: 'SELECT pg_notify($1, $2)' };
const MISSED: News = Object.freeze({ kind: 'missed' });
/** Kinds of news, and what names the thing that each is about. */
const ABOUT: Readonly<Record<string, string | null>> = {
  project: 'slug',
  queued: null,
  cancel: 'job',
};

/** Undefined for what this process said itself, and for what is no news: everybody in the database may write to a channel. */
function parseNews(payload: string, process: string): News | undefined {
  try {
    const said: unknown = JSON.parse(payload);
    if (typeof said !== 'object' || said === null || !('kind' in said) || !('process' in said))
      return undefined;
    if (said.process === process || typeof said.kind !== 'string' || !Object.hasOwn(ABOUT, said.kind))
      return undefined;
    const about = ABOUT[said.kind];
    if (about != null && typeof Reflect.get(said, about) !== 'string') return undefined;
    return Object.freeze(said) as unknown as News;
  } catch {
    return undefined;
  }
}
