import type { RecordRow, RecordStore } from '../../store/record-store.ts';
import type { Turns } from '../../turns.ts';

/** Records that are read in one statement. */
const AT_ONCE = 200;
/** What those of one statement may take together, in bytes; a larger one is read alone. */
const BYTES_AT_ONCE = 250_000;
/** What reading a record costs beside its bytes. */
const EACH = 20;

/** Bytes of the values of each record as JSON, by id. */
export type Sizes = ReadonlyMap<number, number>;

/** How large the records of these ids are, those that are there. No values are read for it. */
export async function sizesOf(
  store: Pick<RecordStore, 'getRecordSizes'>,
  model: string,
  ids: readonly number[],
  turns: Turns,
): Promise<Sizes> {
  const sizes = new Map<number, number>();
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const part = ids.slice(at, at + AT_ONCE);
    for (const [id, size] of await store.getRecordSizes(model, part)) sizes.set(id, size);
    await turns.spend(EACH * part.length);
  }
  return sizes;
}

/** Records whose sizes are known, a few at a time, in no particular order. */
export async function readRows(
  store: Pick<RecordStore, 'getRecords'>,
  model: string,
  sizes: Sizes,
  turns: Turns,
): Promise<readonly RecordRow[]> {
  const rows: RecordRow[] = [];
  for (const { ids, bytes } of partsOf(sizes)) {
    rows.push(...(await store.getRecords(model, ids)));
    await turns.spend(bytes + EACH * ids.length);
  }
  return rows;
}

/** Ids of records of up to `most` bytes together; a larger one is alone. */
export function* partsOf(
  sizes: Sizes,
  most = BYTES_AT_ONCE,
): Generator<{ readonly ids: readonly number[]; readonly bytes: number }> {
  let ids: number[] = [];
  let bytes = 0;
  for (const [id, size] of sizes) {
    if (ids.length > 0 && (ids.length === AT_ONCE || bytes + size > most)) {
      yield { ids, bytes };
      ids = [];
      bytes = 0;
    }
    ids.push(id);
    bytes += size;
  }
  if (ids.length > 0) yield { ids, bytes };
}
