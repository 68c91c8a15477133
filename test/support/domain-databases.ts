import { type DomainTest, type ModelOfTest, openDomainTest } from './domains.ts';
import { openPostgresDomainTest } from './postgres/domains.ts';

type Open = (given: Readonly<Record<string, ModelOfTest>>) => DomainTest | Promise<DomainTest>;

/** All that have to find the same. */
export const DOMAIN_DATABASES: readonly (readonly [name: string, open: Open])[] = [
  ['SQLite', openDomainTest],
  ['PostgreSQL', openPostgresDomainTest],
];
