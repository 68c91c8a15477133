/** Where a reader of the database starts. */
import { longReads } from './long-reads.ts';
import { serveReads } from './serve-reads.ts';

serveReads(longReads);
