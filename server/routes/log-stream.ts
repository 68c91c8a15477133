import type { LogFilter, LogRow, LogStore } from '../../runtime/store/log-store.ts';
import type { ReadTerms } from '../../runtime/store/read-terms.ts';
import type { Services } from '../endpoint.ts';
import { eventStream } from '../event-stream.ts';
import { toLog } from '../shapes/log.ts';
import { matchesFilter } from './log-filter.ts';

/** Lines given after a break in the connection. */
const MOST_MISSED = 1000;
/** Of the lines that come while these are read, in characters: a caller with more to wait for is let go and comes back. */
const MOST_HELD = 4 * 1024 * 1024;

/**
 * One `log` event for each line that passes the filter, from now on. With the id of the last line seen it starts with the
 * newest of those missed, read on `terms`, whose signal also ends the stream; lines that come while these are read wait for
 * them, so that ids only grow. `release` is called at its end.
 */
export function streamLogs(
  { runtime, log }: Services,
  filter: LogFilter,
  lastId: string | null,
  terms: ReadTerms & { readonly signal: AbortSignal },
  release: () => void,
) {
  return eventStream(terms.signal, (send, end) => {
    let held: LogRow[] | undefined = [];
    let heldCharacters = 0;
    let seen = Number(lastId ?? 0) || 0;
    const sendNew = (lines: readonly LogRow[]) => {
      for (const line of lines) {
        if (line.id <= seen || !matchesFilter(line, filter)) continue;
        seen = line.id;
        send(`event: log\nid: ${line.id}\ndata: ${JSON.stringify(toLog(line))}\n\n`);
      }
    };
    const hold = (lines: readonly LogRow[]) => {
      for (const line of lines) {
        if (held === undefined || !matchesFilter(line, filter)) continue;
        heldCharacters += line.message.length;
        if (heldCharacters <= MOST_HELD) held.push(line);
      }
      if (heldCharacters <= MOST_HELD) return;
      held = [];
      end();
    };
    const unwatch = runtime.store.watchLogs((lines) => (held === undefined ? sendNew(lines) : hold(lines)));
    const goOn = (missed: readonly LogRow[]) => {
      sendNew([...missed, ...(held ?? [])]);
      held = undefined;
    };
    missedLines(runtime.store, filter, seen, terms).then(goOn, (error) => {
      if (!terms.signal.aborted) log.error('Missed log lines could not be read.', { error: String(error) });
      goOn([]);
    });
    return () => {
      unwatch();
      release();
    };
  });
}

async function missedLines(
  store: LogStore,
  filter: LogFilter,
  seen: number,
  terms: ReadTerms,
): Promise<readonly LogRow[]> {
  if (seen === 0) return [];
  const { items } = await store.listLogs(filter, { limit: MOST_MISSED }, terms);
  return items.filter((line) => line.id > seen).reverse();
}
