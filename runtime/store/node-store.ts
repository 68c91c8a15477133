/**
 * What one process of a store tells the others; verbs that change projects or queue jobs tell so by themselves. Each of these things is
 * looked at again from time to time anyway, so news may be lost. Ends of jobs are not told: they are many, and who waits for one looks.
 */
export type News =
  /** The project was deployed, set otherwise, or deleted. */
  | { readonly kind: 'project'; readonly slug: string }
  /** A job may be due. Told with the commit that queues it, or for several together a moment later. */
  | { readonly kind: 'queued' }
  /**
   * Somebody wishes a job to end that runs elsewhere; the wish itself is in the store. Who hears it looks for all wishes; nodes of an
   * older version take no such news without `job`, and find the wish with their next look only.
   */
  | { readonly kind: 'cancel'; readonly job: string }
  /** News may have been missed: anything may have changed. */
  | { readonly kind: 'missed' };

/** Whether the store can be used at the moment. */
export type StoreState =
  | { readonly usable: true }
  /** `since` in milliseconds since 1970; `reason` is a sentence for the operator. */
  | { readonly usable: false; readonly since: number; readonly reason: string };

/** A project, and a text that is another one after each change of what its jobs run with: version, switches, values, secrets, hooks. */
export interface ProjectMark {
  readonly slug: string;
  readonly mark: string;
}

/** Processes that share one store. Where a store is one process's own there are no others, and it is always usable. */
export interface NodeStore {
  /** Other processes may use it at the same time. */
  readonly isShared: boolean;
  /** Tells the other processes; resolves when it was said. */
  tellOthers(news: News): Promise<void>;
  /** Calls back for what other processes tell. Returns the end of it. */
  watchOthers(listener: (news: News) => void): () => void;
  /** Milliseconds since 1970, as all processes of this store have it, whatever the clocks of their machines say. */
  now(): number;
  state(): StoreState;
  /** Of all projects, for who may have missed news of them; none of a store that is one process's own. */
  projectMarks(): Promise<readonly ProjectMark[]>;
}
