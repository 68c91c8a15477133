/** What was said of one job, in microseconds of the machine's clock. */
interface Said {
  readonly starts: number[];
  readonly finishes: { readonly at: number; readonly node: string; readonly attempt: number }[];
  /** All of it, in the order in which it was heard. */
  readonly lines: string[];
}

/** What a row of the store says of a job that has ended. */
export interface EndedRow {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly trigger_type: string;
  readonly parent_id: string | null;
  readonly planned_at: number | null;
  readonly error: string | null;
}

/** What all nodes said, and what must be true of it in the end. */
export class NodeEvidence {
  readonly counts = { accepted: 0, answered: 0, starts: 0, finished: 0, uncounted: 0 };
  readonly #accepted = new Map<string, string>();
  readonly #answered = new Set<string>();
  readonly #jobs = new Map<string, Said>();
  readonly #happened: string[] = [];

  /** Something was done to a node or to the database. */
  note(what: string): void {
    this.#happened.push(`${process.hrtime.bigint() / 1000n} ${what}`);
  }

  hear(node: string, line: string): void {
    const [at, word, id = '', second = ''] = line.split(' ');
    const time = Number(at);
    this.#of(id).lines.push(`${line} (${node})`);
    switch (word) {
      case 'A':
        this.counts.accepted += 1;
        this.#accepted.set(id, second);
        return;
      case 'W':
        this.counts.answered += 1;
        this.#answered.add(id);
        return;
      case 'S':
        this.counts.starts += 1;
        this.#of(id).starts.push(time);
        return;
      case 'F':
        this.counts.finished += 1;
        this.#of(id).finishes.push({ at: time, node, attempt: Number(second) });
        return;
      case 'L':
        this.counts.uncounted += 1;
        return;
    }
  }

  /** Everything that must not be, as sentences. `ended`: all jobs that the store has as ended. */
  problems(ended: readonly EndedRow[]): readonly string[] {
    const rows = new Map(ended.map((row) => [row.id, row]));
    return [...this.#lost(rows), ...this.#again(), ...this.#wrong(rows), ...twice(ended)];
  }

  /** What was said of a job, and what was done meanwhile, in the order of time. */
  story(id: string): string {
    return [...this.#of(id).lines, ...this.#happened].toSorted().join('\n');
  }

  #of(id: string): Said {
    const known = this.#jobs.get(id);
    if (known !== undefined) return known;
    const said = { starts: [], finishes: [], lines: [] };
    this.#jobs.set(id, said);
    return said;
  }

  #lost(rows: ReadonlyMap<string, EndedRow>): readonly string[] {
    const events = [...this.#accepted.keys(), ...this.#answered];
    return events.filter((id) => !rows.has(id)).map((id) => `${id} was accepted and is lost`);
  }

  #again(): readonly string[] {
    return [...this.#jobs].flatMap(([id, { starts, finishes }]) => {
      const [first] = finishes;
      if (first === undefined) return [];
      const late = starts.filter((at) => at > first.at).map(() => `${id} was started after its end`);
      return finishes.length > 1
        ? [...late, `${id} was finished by ${finishes.map(({ node }) => node).join(' and ')}`]
        : late;
    });
  }

  #wrong(rows: ReadonlyMap<string, EndedRow>): readonly string[] {
    const children = Map.groupBy(rows.values(), ({ parent_id }) => parent_id);
    const answered = [...this.#answered].flatMap((id) => {
      const { status = 'done' } = rows.get(id) ?? {};
      return status === 'done' ? [] : [`${id} is ${status}, and its webhook was answered`];
    });
    const accepted = [...this.#accepted].flatMap(([id, kind]) => {
      const row = rows.get(id);
      if (row === undefined) return [];
      const [finish] = this.#jobs.get(id)?.finishes ?? [];
      const wanted = kind === 'fail' ? 'failed' : 'done';
      if (row.status !== wanted) return [`${id} is ${row.status}, being ${kind}: ${row.error}`];
      if (finish !== undefined && finish.attempt !== row.attempt)
        return [`${id} has another attempt than was said`];
      const count = children.get(id)?.length ?? 0;
      return count === (kind === 'parent' ? 2 : 0) ? [] : [`${id} has ${count} sub-jobs, being ${kind}`];
    });
    return [...answered, ...accepted];
  }
}

function twice(ended: readonly EndedRow[]): readonly string[] {
  const ticks = ended.flatMap(({ trigger_type, planned_at }) =>
    trigger_type === 'cron' && planned_at !== null ? [planned_at] : [],
  );
  return new Set(ticks).size === ticks.length ? [] : ['a tick has two jobs'];
}
