import { notFound } from '../../../app-error.ts';
import type { RegisterPlace } from '../../register-store.ts';
import type { RegisterRow } from '../../rules/register-rows.ts';
import type { HeldEntry, RegisterState, RegisterStep, RegisterTotals } from '../../rules/register-rules.ts';
import type { Session } from '../database/session.ts';

export interface RegisterWrite {
  readonly place: RegisterPlace;
  judge(state: RegisterState): RegisterStep<unknown>;
  /** It has to know the value that is there. */
  readonly isOfValue: boolean;
}

/** The value is null when nobody asked for it. */
type FoundEntry = RegisterPlace &
  Pick<RegisterRow, 'version' | 'bytes' | 'tails'> & { readonly value: string | null };

type Entry = NonNullable<RegisterStep<unknown>['change']>['entry'];

/**
 * Takes writes one after the other and resolves with their answers. Whoever writes registers of a project locks its row of totals first:
 * so nobody else writes them until this is committed, the totals are exact, and no version is given twice. What came of all of them is
 * stored at once.
 */
export async function takeRegisterWrites(
  session: Session,
  writes: readonly RegisterWrite[],
): Promise<readonly unknown[]> {
  const projectIds = writes.map(({ place }) => place.project_id);
  const [, locked, found] = await Promise.all([
    session.rows(ADD_TOTALS, [projectIds]),
    session.rows<RegisterTotals & { readonly project_id: string }>(LOCK, [projectIds]),
    session.rows<FoundEntry>(FIND, valuesOfFind(writes)),
  ]);
  const totals = new Map<string, RegisterTotals>(locked.map((row) => [row.project_id, row]));
  const held = new Map<string, HeldEntry | undefined>();
  for (const { value, tails, ...entry } of found) {
    held.set(keyOf(entry), value === null ? entry : { ...entry, value, tails });
  }

  const entries = new Map<string, { readonly place: RegisterPlace; readonly entry: Entry }>();
  const changed = new Set<string>();
  const answers = writes.map(({ place, judge }) => {
    const before = totals.get(place.project_id);
    if (before === undefined) throw notFound('The project', 'It was deleted meanwhile.');
    const key = keyOf(place);
    const { answer, change } = judge({ held: held.get(key), totals: before });
    if (change === undefined) return answer;
    totals.set(place.project_id, change.totals);
    held.set(key, change.entry ?? undefined);
    entries.set(key, { place, entry: change.entry });
    changed.add(place.project_id);
    return answer;
  });
  if (changed.size > 0) await store(session, [...entries.values()], changed, totals);
  return answers;
}

async function store(
  session: Session,
  entries: readonly { readonly place: RegisterPlace; readonly entry: Entry }[],
  projectIds: ReadonlySet<string>,
  totals: ReadonlyMap<string, RegisterTotals>,
): Promise<void> {
  const put = entries.flatMap(({ place, entry }) => (entry === null ? [] : [{ ...place, ...entry }]));
  const removed = entries.filter(({ entry }) => entry === null).map(({ place }) => place);
  const ids = [...projectIds];
  const sums = ids.map((id) => totals.get(id));
  await Promise.all([
    put.length > 0 &&
      session.rows(
        PUT,
        PUT_COLUMNS.map((column) => put.map((row) => row[column])),
      ),
    removed.length > 0 &&
      session.rows(
        REMOVE,
        PLACE_COLUMNS.map((column) => removed.map((place) => place[column])),
      ),
    session.rows(PUT_TOTALS, [ids, sums.map((sum) => sum?.bytes), sums.map((sum) => sum?.last_deleted)]),
  ]);
}

const keyOf = ({ project_id, name, key }: RegisterPlace): string => JSON.stringify([project_id, name, key]);

/** The places, each once, and whether the value is needed there. */
function valuesOfFind(writes: readonly RegisterWrite[]): readonly unknown[] {
  const places = [...new Map(writes.map(({ place }) => [keyOf(place), place])).values()];
  const ofValue = new Set(writes.filter(({ isOfValue }) => isOfValue).map(({ place }) => keyOf(place)));
  return [
    ...PLACE_COLUMNS.map((column) => places.map((place) => place[column])),
    places.map((place) => ofValue.has(keyOf(place))),
  ];
}

const PLACE_COLUMNS = ['project_id', 'name', 'key'] as const satisfies readonly (keyof RegisterPlace)[];
const PUT_COLUMNS = [
  ...PLACE_COLUMNS,
  ...(['value', 'tails', 'version', 'bytes', 'written_at'] as const satisfies readonly (keyof RegisterRow)[]),
];

// Both in one order, so that two who lock several do not wait for each other.
const ADD_TOTALS = {
  name: 'add register totals',
  text: `INSERT INTO register_totals (project_id, bytes, last_deleted)
    SELECT id, 0, 0 FROM projects WHERE id = ANY ($1::text[]) ORDER BY id ON CONFLICT (project_id) DO NOTHING`,
};
const LOCK = {
  name: 'lock registers',
  text: `SELECT project_id, bytes, last_deleted FROM register_totals
    WHERE project_id = ANY ($1::text[]) ORDER BY project_id FOR UPDATE`,
};
const FIND = {
  name: 'find registers',
  text: `SELECT project_id, name, key, version, bytes,
      CASE WHEN of_value THEN value END AS value, CASE WHEN of_value THEN tails END AS tails
    FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) AS wanted (project_id, name, key, of_value)
    JOIN registers USING (project_id, name, key)`,
};
const PUT = {
  name: 'put registers',
  text: `INSERT INTO registers (project_id, name, key, value, tails, version, bytes, written_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
    ON CONFLICT (project_id, name, key) DO UPDATE SET value = excluded.value, tails = excluded.tails,
      version = excluded.version, bytes = excluded.bytes, written_at = excluded.written_at`,
};
const REMOVE = {
  name: 'remove registers',
  text: `DELETE FROM registers USING unnest($1::text[], $2::text[], $3::text[]) AS gone (project_id, name, key)
    WHERE registers.project_id = gone.project_id AND registers.name = gone.name AND registers.key = gone.key`,
};
const PUT_TOTALS = {
  name: 'put register totals',
  text: `UPDATE register_totals SET bytes = sums.bytes, last_deleted = sums.last_deleted
    FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS sums (project_id, bytes, last_deleted)
    WHERE register_totals.project_id = sums.project_id`,
};
