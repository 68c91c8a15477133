import { sql } from '../migrations/sqlite/0004-registers.ts';
import type { RegisterStore } from '../register-store.ts';
import { inMemory } from './memory-database.ts';
import { sqliteRegisters } from './registers.ts';

/** Registers of whatever project, empty at first, that are gone when they are closed: for a job without a server. */
export const memoryRegisters = (): RegisterStore & { close(): void } => inMemory(sql, sqliteRegisters);
