/** What a move is doing at the moment, for whoever waits for it. */
export interface MoveProgress {
  readonly step: 'copy' | 'index' | 'compare';
  readonly table: string;
  /** Done so far, and to be done. */
  readonly rows: number;
  readonly of: number;
}

export interface MoveReport {
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  readonly rows: number;
  /** As PostgreSQL's COPY sends values: 8 for a number, text in UTF-8, and 4 for each. */
  readonly bytes: number;
  readonly seconds: {
    readonly copy: number;
    readonly index: number;
    readonly compare: number;
  };
}

export interface MoveOptions {
  /** Where the SQLite file is, or is to be; locked for this process. */
  readonly dataDir: string;
  /** `postgres://user:password@host:port/name` */
  readonly url: string;
  /** Empties a target that an earlier move has begun. */
  readonly restart: boolean;
  readonly told: (progress: MoveProgress) => void;
}

export interface TableCopied {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

export const reportOf = (
  tables: readonly TableCopied[],
  [copy, index, compare]: readonly [number, number, number],
): MoveReport => ({
  tables,
  rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
  seconds: { copy, index, compare },
});

/** Runs it and gives the seconds that it took. */
export async function seconds(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return Math.round(performance.now() - began) / 1000;
}
