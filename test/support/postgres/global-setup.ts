import type { TestProject } from 'vitest/node';
import { startPostgres } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of a PostgreSQL in which tests make databases of their own. */
    postgres: string;
  }
}

/** One PostgreSQL for all tests: the one that SLUICE_TEST_DATABASE_URL names, or one from npm. */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.SLUICE_TEST_DATABASE_URL;
  if (given) {
    provide('postgres', given);
    return undefined;
  }
  const server = await startPostgres();
  provide('postgres', server.url);
  return server.stop;
}
