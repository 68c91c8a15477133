import { isDeepStrictEqual } from 'node:util';
import type { DbTrigger } from '../../runtime/project/manifest.ts';
import type {
  RecordChange,
  RecordStore,
  RecordsWrite,
  StoredValues,
} from '../../runtime/store/record-store.ts';

/** A record as the model has it. */
interface Kept {
  readonly version: number;
  readonly values: StoredValues;
}

/** What a trigger's job is to get: the trigger's name and the ids. */
type Started = readonly [trigger: string, ids: readonly number[]];

/**
 * Records of one model in plain JavaScript, which follow what a store commits, and judge it: each change has to stand on what is there, and
 * its jobs have to be those that its events start.
 */
export class RecordsModel {
  readonly records = new Map<number, Kept>();
  /** Ids of jobs that were committed. */
  readonly jobs = new Set<string>();
  readonly problems: string[] = [];
  /** Commits that were written, and those that somebody else was quicker than. */
  written = 0;
  conflicts = 0;
  readonly #triggers: readonly DbTrigger[];

  constructor(triggers: readonly DbTrigger[]) {
    this.#triggers = triggers;
  }

  /** The same store, with this model following its commits. */
  follow<Of extends RecordStore>(store: Of): Of {
    return {
      ...store,
      commitRecords: async (write: RecordsWrite) => {
        const result = await store.commitRecords(write);
        if (result.kind === 'written') this.#apply(write);
        else if (result.kind === 'conflict') this.conflicts += 1;
        else this.problems.push(`a write ended with ${result.kind}`);
        return result;
      },
    };
  }

  #apply({ changes, jobs }: RecordsWrite): void {
    this.written += 1;
    const expected = this.#triggers.flatMap((trigger): Started[] => {
      const ids = changes.filter((change) => this.#fires(trigger, change)).map(({ id }) => id);
      return ids.length === 0 ? [] : [[trigger.name, ids]];
    });
    const started = jobs.map(({ trigger, args }): Started => [trigger, idsIn(args)]);
    if (!isDeepStrictEqual(byName(started), byName(expected))) {
      this.problems.push(`started ${JSON.stringify(started)} instead of ${JSON.stringify(expected)}`);
    }
    for (const { id } of jobs) this.jobs.add(id);
    for (const change of changes) this.#put(change);
  }

  #put({ id, expected, values }: RecordChange): void {
    const before = this.records.get(id);
    if ((before?.version ?? null) !== expected) {
      this.problems.push(`record ${id} was written over ${expected}, and was ${before?.version}`);
    }
    if (values === null) this.records.delete(id);
    else this.records.set(id, { version: (before?.version ?? 0) + 1, values });
  }

  #fires({ on, watched_fields, before_update, apply_on }: DbTrigger, { id, values }: RecordChange): boolean {
    const before = this.records.get(id)?.values;
    const kind = before === undefined ? 'create' : values === null ? 'delete' : 'update';
    if (on !== kind && !(on === 'create_or_update' && kind !== 'delete')) return false;
    if (kind === 'update') {
      const names = new Set([...Object.keys(before ?? {}), ...Object.keys(values ?? {})]);
      const changed = [...names].filter((name) => before?.[name] !== values?.[name]);
      if (watched_fields.length > 0 && !watched_fields.some((name) => changed.includes(name))) return false;
      if (!fits(before_update, before ?? {})) return false;
    }
    return fits(apply_on, values ?? before ?? {});
  }
}

type Term = readonly [field: string, operator: '=' | '!=' | '>', value: string | number];

/** Domains of these three operators. */
function fits(domain: unknown, values: StoredValues): boolean {
  return (domain as readonly Term[]).every(([field, operator, to]) => {
    const value = values[field];
    if (operator === '>') return value !== undefined && Number(value) > Number(to);
    return (value === to) === (operator === '=');
  });
}

function idsIn(args: string | null): readonly number[] {
  const { text } = JSON.parse(args ?? '') as { readonly text: string };
  const { records } = JSON.parse(text) as { readonly records: readonly { readonly id: number }[] };
  return records.map(({ id }) => id);
}

const byName = (started: readonly Started[]): readonly Started[] =>
  started
    .map(([name, ids]): Started => [name, ids.toSorted((a, b) => a - b)])
    .toSorted(([one], [other]) => one.localeCompare(other));
