import { existsSync, writeFileSync, writeSync } from 'node:fs';
import { AppError } from '../../runtime/app-error.ts';
import { longReads } from '../../runtime/store/sqlite/reader/long-reads.ts';
import { serveReads } from '../../runtime/store/sqlite/reader/serve-reads.ts';

/** A reader with reads that nobody would want. */
serveReads((db) => ({
  ...longReads(db),

  /** Never ends by itself. */
  loop: () =>
    db
      .prepare('WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n')
      .get(),

  /** Looks at one state of the database for so long. */
  hold: ({ ms }: { ms: number }) => {
    const jobs = db.prepare('SELECT count(*) FROM jobs').pluck().get();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return { jobs };
  },

  bytes: ({ count }: { count: number }) => ({ items: ['x'.repeat(count)] }),

  heap: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(new Array(1_000_000).fill(0.5));
  },

  memory: () => {
    const kept: Buffer[] = [];
    for (;;) kept.push(Buffer.alloc(16 * 1024 ** 2, 1));
  },

  write: () => db.prepare("INSERT INTO audit (id, at, kind, message) VALUES ('x', 1, 'x', 'x')").run(),

  end: () => process.exit(3),

  /** Ends the process unless the file is there, and makes it. */
  endOnce: ({ mark }: { mark: string }) => {
    if (existsSync(mark)) return { again: true };
    writeFileSync(mark, '');
    return process.exit(3);
  },

  /** Writes bytes to the pipe that are given in hexadecimal. */
  lie: ({ hex }: { hex: string }) => writeSync(3, Buffer.from(hex, 'hex')),

  refuse: () => {
    throw new AppError('teapot', 418, 'No coffee here.', { details: ['tea'] });
  },

  fail: () => {
    throw Object.assign(new RangeError('out of range'), { code: 'E_RANGE' });
  },
}));
