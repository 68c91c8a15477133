import pg from 'pg';
import { expect, it } from 'vitest';
import { cannotOpen } from '../../../../../runtime/store/postgres/database/cannot-open.ts';
import { openDatabase } from '../../../../../runtime/store/postgres/database/database.ts';
import { LOCK_SCHEMA, migrate } from '../../../../../runtime/store/postgres/schema/migrate.ts';
import { testDatabase } from '../../../../support/postgres/database.ts';

it('A start waits for the upgrade of another node, and says what it waited for when that takes too long.', async () => {
  await using created = await testDatabase();
  const database = openDatabase({ url: created.url });
  const other = new pg.Client(created.url);
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query(LOCK_SCHEMA);
    const tooLong = migrate(database, 'It', 0, 100).catch((error: unknown) => cannotOpen(error, created.url));
    expect(await tooLong).toMatchObject({
      code: 'store_unusable',
      message: expect.stringMatching(/ is being upgraded by another node, .* and start again\.$/),
    });
    const waiting = migrate(database, 'It', 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await other.query('COMMIT');
    await waiting;
    expect(await database.row('SELECT max(version) > 0 AS made FROM schema_version')).toEqual({ made: true });
  } finally {
    await other.end();
    await database.close();
  }
});
