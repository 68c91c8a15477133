import { describe, expect, it } from 'vitest';
import { databaseName, isDatabaseUrl } from '../../../../../runtime/store/postgres/database/server-name.ts';

describe('the name of a database in messages', () => {
  it.each([
    ['postgres://u:p@db.example.org/sluice', 'The PostgreSQL database "sluice" on db.example.org:5432'],
    ['postgresql://u:p%2F%40@[::1]:6543/a%40b', 'The PostgreSQL database "a@b" on [::1]:6543'],
    ['postgres:///sluice?host=/run/postgresql', 'The PostgreSQL database "sluice" on this machine:5432'],
  ])('of %s has no user and no password', (url, name) => {
    expect(isDatabaseUrl(url)).toBe(true);
    expect(databaseName(url)).toBe(name);
  });

  it.each([
    'postgres://sluice:12/34secret@host/db',
    'postgres://sluice:12?secret@host/db',
    'postgres://sluice:12#secret@host/db',
    'postgres://sluice/sec@ret@host/db',
    'postgres:sluice:secret@host/db',
    'postgres:/sluice:secret@host/db',
    'postgres://u:pa%zz@h/db%zz',
  ])('says nothing of %s, where a password may be in any part', (url) => {
    expect(databaseName(url)).toBe('The PostgreSQL database of SLUICE_DATABASE_URL');
  });
});
