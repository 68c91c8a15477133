import { Turns } from '../../../turns.ts';
import type { RecordChange } from '../../record-store.ts';
import { foldedUser, type Kept, keptValues } from './kept-values.ts';

/** A change with its values as they are kept; null: the record is removed. */
export interface PlannedChange extends RecordChange {
  readonly kept: Kept | null;
}

/** Changes of one model, in the order in which they were given. */
export interface ModelChanges {
  readonly model: string;
  readonly changes: readonly PlannedChange[];
}

/** What a statement carries at most beside its last record: records, and characters. */
const MOST_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 500_000;

/** Writes all values as they are kept, before any row is held for it. In order of the models' names. */
export async function planChanges(changes: readonly RecordChange[]): Promise<readonly ModelChanges[]> {
  const turns = new Turns();
  const models = new Map<string, PlannedChange[]>();
  for (const change of changes) {
    const kept = change.values === null ? null : keptValues(change.values);
    const ofModel = models.get(change.model) ?? [];
    ofModel.push({ ...change, kept });
    models.set(change.model, ofModel);
    await turns.spend(kept?.length ?? 0);
  }
  return [...models]
    .map(([model, ofModel]): ModelChanges => ({ model, changes: ofModel }))
    .sort((one, other) => (one.model < other.model ? -1 : 1));
}

/** Changes that go in one statement. */
export function* partsOf(changes: readonly PlannedChange[]): Generator<readonly PlannedChange[]> {
  let part: PlannedChange[] = [];
  let characters = 0;
  for (const change of changes) {
    part.push(change);
    characters += change.kept?.length ?? 0;
    if (part.length < MOST_AT_ONCE && characters < CHARACTERS_AT_ONCE) continue;
    yield part;
    part = [];
    characters = 0;
  }
  if (part.length > 0) yield part;
}

/** Rows for `jsonb_to_recordset`, of changes that remove nothing. */
export function rowsJson(changes: readonly PlannedChange[], user: string): string {
  const writer = foldedUser(user, 'write_uid');
  const maker = joined(foldedUser(user, 'create_uid'), writer);
  const rows = changes.map(({ id, kept }) => {
    if (kept === null) throw new Error('A record that is removed has no row.');
    const { data, folded, bytes, length } = kept;
    const [made, changed] = [joined(folded, maker), joined(folded, writer)];
    return `{"id":${id},"data":${data},"made":${made},"changed":${changed},"bytes":${bytes},"length":${length}}`;
  });
  return `[${rows.join(',')}]`;
}

/** Two objects of JSON as one. */
function joined(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return `${one.slice(0, -1)},${other.slice(1)}`;
}
