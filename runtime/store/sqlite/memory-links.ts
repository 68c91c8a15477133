import type { LinkStore } from '../link-store.ts';
import { sql } from '../migrations/sqlite/0006-links.ts';
import { sqliteLinks } from './links.ts';
import { inMemory } from './memory-database.ts';

/** Links of whatever project, none at first, that are gone when they are closed: for a job without a server. */
export const memoryLinks = (): LinkStore & { close(): void } => inMemory(sql, sqliteLinks);
