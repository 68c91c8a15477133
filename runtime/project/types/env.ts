/** Declarations of records, links and syncs, as all code of a project sees them: docs/script-api.md. */
export const ENV = `
/** Conditions in Odoo's form: [["ref", "=", "a"], "|", ["name", "ilike", "b"], ["active", "=", false]]. */
type Domain = readonly ('&' | '|' | '!' | readonly [field: string, operator: string, value: any])[];
/** Values by field; a set of one record stands for that record, an empty one for none. */
type RecordValues = Readonly<Record<string, unknown>>;
/** A record as plain data. */
type RecordData = { id: number; [field: string]: any };

/** Records of one model. A set of exactly one has its \`id\` and its loaded fields as properties. */
interface RecordSet {
  readonly length: number;
  readonly ids: readonly number[];
  /** Of a set of one; an error otherwise. */
  readonly id: number;
  [Symbol.iterator](): IterableIterator<RecordSet>;
  /** A field of a set of one, also of a name that is taken: \`record.get("length")\`. */
  get(field: string): any;
  union(other: RecordSet): RecordSet;
  intersection(other: RecordSet): RecordSet;
  difference(other: RecordSet): RecordSet;
  /** The same model and the same records, in any order. */
  equals(other: RecordSet): boolean;
  filtered(keep: (record: RecordSet) => unknown): RecordSet;
  mapped(field: string): any[];
  mapped<Value>(make: (record: RecordSet) => Value): Value[];
  /** The values on the server; all but binary fields unless named. */
  read(fields?: readonly string[]): Promise<RecordData[]>;
  /** The loaded values are then what the server made of them. */
  write(values: RecordValues): Promise<true>;
  unlink(): Promise<true>;
  call(method: string, args?: readonly unknown[], kwargs?: Readonly<Record<string, unknown>>): Promise<any>;
  /** Resolves with the message, one for each record. */
  message_post(options: { readonly body: string; readonly [option: string]: unknown }): Promise<RecordSet>;
  /** Of a set of one. An existing link of the same two is reused, its date set anew. */
  set_link(relation: string, external: LinkReference, options?: SetLinkOptions): Promise<LinkSet>;
  search_links(relation: string, externals?: LinkReference | readonly LinkReference[] | null): Promise<LinkSet>;
  /** The older form of \`set_link\`: "prefix.123" is relation and reference. */
  make_ref(reference: string, date_update?: Date): Promise<LinkSet>;
  toString(): string;
  toJSON(): RecordData | RecordData[];
  /** There are no positions: \`const [first] = records\`. */
  readonly [position: number]: never;
  /** A loaded field of a set of one; an error when it is not loaded. many2one: \`{ id, name }\` or null. */
  readonly [field: string]: any;
}

interface SearchOptions {
  /** To be loaded; all but binary ones unless given. */
  readonly fields?: readonly string[] | undefined;
  /** "name desc, id" */
  readonly order?: string | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

interface RecordModel {
  search(domain?: Domain, options?: SearchOptions): Promise<RecordSet>;
  search_count(domain?: Domain): Promise<number>;
  /** In the order of the ids, each once. */
  browse(ids: number | readonly number[]): Promise<RecordSet>;
  /** One record of an object, a set of a list of objects. */
  create(values: RecordValues | readonly RecordValues[]): Promise<RecordSet>;
  call(method: string, args?: readonly unknown[], kwargs?: Readonly<Record<string, unknown>>): Promise<any>;
}

/** Records by the names of models: \`env["res.partner"]\`. */
declare const env: { readonly [model: string]: RecordModel } & {
  /** The record of a name like "module.name"; null when there is none. */
  ref(name: string): Promise<RecordSet | null>;
  /** All writes of the function are kept together: all or none. */
  transaction<Value>(work: () => Value): Promise<Awaited<Value>>;
};

/** What another system calls its thing; compared as text. */
type LinkReference = string | number;
interface SetLinkOptions {
  /** Now unless given. */
  readonly sync_date?: Date | null | undefined;
  /** Also when one of the two is linked to another already. */
  readonly allow_many2many?: boolean | undefined;
}

/** Links; a single link is a set of one. */
interface LinkSet {
  readonly length: number;
  [Symbol.iterator](): IterableIterator<LinkSet>;
  union(other: LinkSet): LinkSet;
  intersection(other: LinkSet): LinkSet;
  difference(other: LinkSet): LinkSet;
  symmetricDifference(other: LinkSet): LinkSet;
  equals(other: LinkSet): boolean;
  /** The records, not loaded. */
  readonly odoo: RecordSet;
  /** The external reference, a text; a list of texts unless there is exactly one. */
  readonly external: any;
  /** The oldest; null when there is no link. */
  readonly sync_date: Date | null;
  /** References of one system. */
  get(system: string): readonly string[];
  update_links(date?: Date): Promise<LinkSet>;
  unlink(): Promise<true>;
}

/** References of two systems: \`{ github: 1, trello: 101 }\`. */
type LinkPair = Readonly<Record<string, LinkReference>>;
declare function set_link(
  relation: string,
  refs: LinkPair,
  options?: SetLinkOptions & { readonly model?: string | null | undefined },
): Promise<LinkSet>;
/** Of two systems, null: any; or of records by their external references. */
declare function search_links(
  relation: string,
  refs?:
    | LinkReference
    | readonly LinkReference[]
    | null
    | Readonly<Record<string, LinkReference | readonly LinkReference[] | null>>,
): Promise<LinkSet>;
/** One link or an empty set; several are a ValidationError. */
declare function get_link(
  relation: string,
  refs: LinkReference | Readonly<Record<string, LinkReference | null>>,
): Promise<LinkSet>;

interface SyncOptions {
  readonly create?: boolean | undefined;
  readonly update?: boolean | undefined;
}
type Later<Value> = Value | Promise<Value>;
/** One to one: creates what has no link, updates what has one, in order. */
declare function sync_odoo2x(
  records: RecordSet,
  info: {
    readonly relation: string;
    readonly x: {
      create?(record: RecordSet): Later<LinkReference>;
      update?(reference: string, record: RecordSet): unknown;
    };
  },
  options?: SyncOptions,
): Promise<void>;
declare function sync_x2odoo<Item>(
  items: Iterable<Item>,
  info: {
    readonly relation: string;
    readonly x: { get_ref(item: Item): Later<LinkReference> };
    readonly odoo: {
      create?(item: Item): Later<RecordSet>;
      /** The record is not loaded. */
      update?(record: RecordSet, item: Item): unknown;
    };
  },
  options?: SyncOptions,
): Promise<void>;
declare function sync_external<Item>(
  items: Iterable<Item>,
  relation: string,
  src: { readonly system: string; get_ref(item: Item): Later<LinkReference> },
  dst: {
    readonly system: string;
    create?(item: Item): Later<LinkReference>;
    update?(reference: string, item: Item): unknown;
  },
  options?: SyncOptions,
): Promise<void>;
`;
