import type { RecordStore } from '../../store/record-store.ts';
import type { Turns } from '../../turns.ts';
import type { MatchRecord } from '../domain/lookups.ts';

/**
 * Gives the records that dotted paths and hierarchies of a domain lead to, each read once, by the number of the model and the id. What is
 * read counts as work.
 */
export async function lookupIn(
  store: Pick<RecordStore, 'listModels' | 'getRecords' | 'getRecordSizes'>,
  turns: Turns,
): Promise<(model: number, id: number) => Promise<MatchRecord | undefined>> {
  const names = new Map((await store.listModels()).map(({ number, name }) => [number, name]));
  const seen = new Map<string, MatchRecord | undefined>();
  return async (number, id) => {
    const key = `${number}/${id}`;
    if (seen.has(key)) return seen.get(key);
    const name = names.get(number) ?? '';
    // Counted before it is read: it may be too much.
    const sizes = await store.getRecordSizes(name, [id]);
    await turns.spend(READING * (EACH + (sizes.get(id) ?? 0)));
    const [row] = await store.getRecords(name, [id]);
    seen.set(key, row);
    return row;
  };
}

const EACH = 100;
/** Reading a character takes longer than looking at it. */
const READING = 5;
