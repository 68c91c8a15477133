/**
 * The server's side of `env` and links for tests of what code sees: records in memory behind the calls of realms. Of
 * domains it knows lists of conditions with `=`, `!=`, `in` and `ilike`; binary fields are those whose value is bytes.
 */
type Values = Record<string, unknown>;
type Stored = Values & { id: number };
type Row = readonly (readonly [name: string, kind: string, value: unknown])[];
type Condition = readonly [string, string, unknown];
type Refs = readonly (readonly [system: string, reference: string])[];

interface Link {
  id: number;
  relation: string;
  model: string | null;
  refs: Refs;
  sync_date: Date;
}

interface WantedLink extends Omit<Link, 'id' | 'sync_date'> {
  sync_date: Date | null;
  allow_many2many: boolean;
}

export interface EnvAnswers {
  /** For `TestJob.call`. */
  call(operation: string, args: readonly unknown[]): unknown;
  /** What came in, in order. */
  readonly calls: (readonly [operation: string, ...args: unknown[]])[];
  readonly links: Link[];
  /** Records of a model as they are. */
  all(model: string): readonly Stored[];
}

function refuse(name: string, message: string): never {
  throw Object.assign(new Error(message), { name });
}

export function envAnswers(initial: Readonly<Record<string, readonly Values[]>> = {}): EnvAnswers {
  const models = new Map<string, Map<number, Stored>>();
  const table = (model: string) => {
    const known = models.get(model) ?? new Map<number, Stored>();
    models.set(model, known);
    return known;
  };
  const fieldsOf = (model: string) => [
    ...new Set([...table(model).values()].flatMap((record) => Object.keys(record))),
  ];
  const isBinary = (model: string, field: string) =>
    [...table(model).values()].some((record) => record[field] instanceof Uint8Array);
  const insert = (model: string, values: Values): number => {
    const id = Math.max(0, ...table(model).keys()) + 1;
    table(model).set(id, { id, ...values });
    return id;
  };
  for (const [model, rows] of Object.entries(initial)) for (const row of rows) insert(model, row);

  const answer = (model: string, ids: readonly number[], wanted: readonly string[] | null) => {
    const all = fieldsOf(model).filter((field) => field !== 'id');
    const fields = wanted ?? all.filter((field) => !isBinary(model, field));
    const records = [...new Set(ids)].map((id) => {
      const record = table(model).get(id) ?? refuse('ValidationError', `There is no ${model} ${id}.`);
      return Object.fromEntries([['id', id], ...fields.map((field) => [field, record[field] ?? null])]);
    });
    return { model, fields, records };
  };
  const matches = (record: Stored, [field, operator, value]: Condition): boolean => {
    const own = record[field] ?? null;
    if (operator === '=') return own === value;
    if (operator === '!=') return own !== value;
    if (operator === 'in') return (value as unknown[]).includes(own);
    if (operator === 'ilike') return String(own).toLowerCase().includes(String(value).toLowerCase());
    return refuse('ValidationError', `The operator ${operator} is not known.`);
  };
  const find = (model: string, domain: readonly Condition[]) =>
    [...table(model).values()].filter((record) => domain.every((condition) => matches(record, condition)));
  const valuesOf = (row: Row): Values =>
    Object.fromEntries(
      row.map(([name, kind, value]) => {
        if (kind !== 'record') return [name, value];
        const { model, id } = value as { model: string; id: number };
        return [name, { id, name: table(model).get(id)?.name ?? `${model} ${id}` }];
      }),
    );

  const links: Link[] = [];
  const isSame = (one: Refs, other: Refs) =>
    one.every(([system, reference]) => other.some(([name, text]) => name === system && text === reference));
  const setLink = ({ relation, model, refs, sync_date, allow_many2many }: WantedLink): Link => {
    const related = links.filter((link) => link.relation === relation && link.model === model);
    const known = related.find((link) => isSame(link.refs, refs));
    const at = sync_date ?? new Date();
    if (known !== undefined) {
      known.sync_date = at;
      return known;
    }
    const taken = related.find((link) => refs.some((ref) => isSame([ref], link.refs)));
    if (taken !== undefined && !allow_many2many) {
      refuse('ValidationError', `${relation} links ${JSON.stringify(taken.refs)} already.`);
    }
    const link = { id: links.length + 1, relation, model, refs, sync_date: at };
    links.push(link);
    return link;
  };
  const searchLinks = (relation: string, model: string | null, refs: [string, string[] | null][]) =>
    links.filter(
      (link) =>
        link.relation === relation &&
        (model === null || link.model === model) &&
        refs.every(([system, wanted]) =>
          link.refs.some(([name, text]) => name === system && (wanted === null || wanted.includes(text))),
        ),
    );

  /** Copies of all records while transactions are under way, by number. */
  const begun = new Map<number, string>();
  const operations: Record<string, (...args: never[]) => unknown> = {
    'env.search': (
      model: string,
      domain: Condition[],
      options: { fields: string[] | null; limit: number | null; offset: number | null },
    ) => {
      const from = options.offset ?? 0;
      const found = find(model, domain).slice(from, from + (options.limit ?? 1_000));
      return answer(
        model,
        found.map(({ id }) => id),
        options.fields,
      );
    },
    'env.search_count': (model: string, domain: Condition[]) => find(model, domain).length,
    'env.read': (model: string, ids: number[], fields: string[] | null) => answer(model, ids, fields),
    'env.create': (model: string, rows: Row[]) =>
      answer(
        model,
        rows.map((row) => insert(model, valuesOf(row))),
        null,
      ),
    'env.write': (model: string, ids: number[], row: Row) => {
      for (const id of ids) Object.assign(table(model).get(id) ?? {}, valuesOf(row));
      return answer(
        model,
        ids,
        row.map(([name]) => name),
      );
    },
    'env.unlink': (model: string, ids: number[]) => {
      for (const id of ids) table(model).delete(id);
      return true;
    },
    'env.call': (...args: unknown[]) => args,
    'env.message_post': (model: string, ids: number[], options: Values) =>
      answer(
        'mail.message',
        ids.map((res_id) => insert('mail.message', { model, res_id, ...options })),
        null,
      ),
    'env.ref': (name: string) =>
      answer('res.users', name === 'base.user_admin' ? [insert('res.users', { name: 'Admin' })] : [], null),
    'env.begin': () => {
      const tx = begun.size + 1;
      begun.set(tx, JSON.stringify([...models].map(([model, rows]) => [model, [...rows]])));
      return tx;
    },
    'env.commit': () => true,
    'env.rollback': (tx: number) => {
      const before = JSON.parse(begun.get(tx) ?? '[]') as [string, [number, Stored][]][];
      models.clear();
      for (const [model, rows] of before) models.set(model, new Map(rows));
      return true;
    },
    'link.set': setLink,
    'link.search': ({ relation, model, refs }: { relation: string; model: null; refs: [string, null][] }) =>
      searchLinks(relation, model, refs),
    'link.update': (ids: number[], date: Date) =>
      links.filter(({ id }) => ids.includes(id)).map((link) => Object.assign(link, { sync_date: date })),
    'link.unlink': (ids: number[]) => {
      for (const id of ids) {
        const at = links.findIndex((link) => link.id === id);
        if (at >= 0) links.splice(at, 1);
      }
      return true;
    },
  };

  const calls: EnvAnswers['calls'] = [];
  return {
    calls,
    links,
    all: (model) => [...table(model).values()],
    async call(operation, args) {
      calls.push([operation, ...args]);
      const run = operations[operation] ?? refuse('Error', `There is no ${operation}.`);
      return run(...(args as never[]));
    },
  };
}
