import { describe, expect, it } from 'vitest';
import { AppError } from '../../runtime/app-error.ts';
import { storeError } from '../../runtime/store/postgres/database/store-errors.ts';
import { errorAnswer } from '../../server/error-answer.ts';
import type { ServerLog } from '../../server/server-log.ts';

const lines: string[] = [];
const tell = (message: string, fields: object = {}) =>
  void lines.push(`${message} ${JSON.stringify(fields)}`);
const log: ServerLog = { debug: tell, info: tell, warning: tell, error: tell, debugging: true };

async function answered(error: unknown) {
  lines.length = 0;
  const answer = errorAnswer(error, log);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

describe('the answer to a request that failed', () => {
  it('says what was refused, and why', async () => {
    const { status, text } = await answered(new AppError('not_found', 404, 'There is no project shop.'));
    expect([status, JSON.parse(text)]).toEqual([
      404,
      { error: { code: 'not_found', message: 'There is no project shop.', details: null } },
    ]);
    expect(lines).toEqual([]);
  });

  it('does not say where the database is, or what it said, when it is away', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' });
    const { status, headers, text } = await answered(storeError(refused));
    expect([status, headers.get('Retry-After')]).toEqual([503, '5']);
    expect(text).toContain('store_unavailable');
    expect(text).not.toMatch(/10\.1\.2\.3|5432|ECONNREFUSED/);
  });

  it('leaves to the log what nobody expected', async () => {
    const { status, text } = await answered(new Error('at line 7'));
    expect([status, text.includes('line 7')]).toEqual([500, false]);
    expect(lines.join()).toContain('at line 7');
  });
});
