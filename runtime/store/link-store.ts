/** One side of a link: a reference in a system, both as text. */
export type LinkRef = readonly [system: string, reference: string];

/**
 * A link ties two references together, of two systems. A link of a record has the systems `odoo`, where the reference is the
 * id of a record of `model`, and `external`. Any other two systems are two external references, and `model` is a label.
 */
export interface LinkRow {
  /** Grows with each new link; never given twice. */
  readonly id: number;
  readonly project_id: string;
  readonly relation: string;
  readonly model: string | null;
  /** Ordered by system, as `<` compares. */
  readonly refs: readonly [LinkRef, LinkRef];
  readonly sync_date: number;
}

export interface LinkSet extends Omit<LinkRow, 'id'> {
  /** With this, references may be linked to others as well. */
  readonly allow_many2many: boolean;
  /** What the project's links may be together: their number, and what they take in bytes. */
  readonly most_links: number;
  readonly most_bytes: number;
}

export type LinkWritten =
  /** The new link, or the one that tied the same references already, with the new date and its model as it was. */
  | { readonly kind: 'linked'; readonly link: LinkRow }
  /** One of the two references is tied to another one by this link. Records of another model do not count. */
  | { readonly kind: 'taken'; readonly link: LinkRow }
  | { readonly kind: 'full' };

/** References of a system, any of which will do; null: all that there are. */
export type LinkWanted = readonly [system: string, references: readonly string[] | null];

export interface LinkSearch {
  readonly relation: string;
  /** Null: of any model. */
  readonly model: string | null;
  /** One or two systems: the link must have each of them. */
  readonly refs: readonly LinkWanted[];
}

export interface LinkBounds {
  /** How many links may be found. */
  readonly limit: number;
  /** What those that are found may take, in bytes. */
  readonly most_bytes: number;
  /** How many links may be looked at. */
  readonly most_read: number;
}

/** Links by id. `over`: the bound because of which the list is not whole. */
export interface LinksFound {
  readonly items: readonly LinkRow[];
  readonly over: 'links' | 'bytes' | null;
}

export interface LinkFilter {
  readonly relation?: string | undefined;
  readonly model?: string | undefined;
  readonly system?: string | undefined;
  /** Counts only with a system. */
  readonly reference?: string | undefined;
}

export interface LinkStore {
  /** Looks and writes in one transaction: of two writers who want the same reference, one is `taken`. */
  setLink(write: LinkSet): Promise<LinkWritten>;
  /** Not a snapshot: what is written while a long search goes on may be in it or not. */
  searchLinks(projectId: string, search: LinkSearch, bounds: LinkBounds): Promise<LinksFound>;
  /** Links of any project; undefined when there is none. */
  findLink(id: number): Promise<LinkRow | undefined>;
  /** Those of the project that are there, in the order of `ids`; `over` as of a search. */
  getLinks(projectId: string, ids: readonly number[], bounds: LinkBounds): Promise<LinksFound>;
  /** Gives a date to the links of the project that are there; resolves with their ids. */
  updateLinks(projectId: string, ids: readonly number[], syncDate: number): Promise<readonly number[]>;
  /** Resolves with the ids of those that were there. */
  deleteLinks(projectId: string, ids: readonly number[]): Promise<readonly number[]>;
  /**
   * Newest first. A page ends early, also with nothing in it, when many links that do not match were looked at. `before`: ids
   * below this one; `next`: the `before` of the next page, null at the end.
   */
  listLinks(
    projectId: string,
    filter: LinkFilter,
    page: { readonly limit: number; readonly before: number | undefined },
  ): Promise<{ readonly items: readonly LinkRow[]; readonly next: number | null }>;
}
