import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesStrangers } from '../support/access.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { logWrite } from '../support/rows.ts';
import { until } from '../support/wait-for.ts';

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
  await write(instance, 1050, 'many');
  await instance.runtime.store.appendLogs([
    logWrite({ project: 'few', message: '=cmd|"calc"!A1', job: null }),
    logWrite({ project: 'few', message: 'two\nlines', task: null, level: 'error' }),
  ]);
});
afterAll(() => instance.stop());

const write = ({ runtime }: Instance, count: number, project: string, message = 'line') =>
  runtime.store.appendLogs(
    Array.from({ length: count }, (_, n) => logWrite({ project, message: `${message} ${n}` })),
  );

const get = (query: string, { url, token }: Instance = instance) =>
  fetch(`${url}/api/v1/logs/export${query}`, { headers: { authorization: `Bearer ${token}` } });

describe('an export of logs', () => {
  refusesStrangers(() => instance, [['GET', '/logs/export', 'user']]);

  it('has every line that fits, newest first, one JSON value each', async () => {
    const response = await get('?project=many');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="logs.ndjson"');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(
      Array.from({ length: 1050 }, (_, n) => `line ${1049 - n}`),
    );
    const { body } = await instance.call<{ items: unknown[] }>('GET', '/logs?project=many&limit=1');
    expect(JSON.parse(lines[0] ?? '')).toEqual(body.items[0]);
  });

  it('is CSV that a spreadsheet can open without harm', async () => {
    const response = await get('?project=few&format=csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer());
    expect(text.replaceAll(/\d{4,},/g, 'ID,')).toBe(
      '\uFEFFid,at,level,message,project,task,trigger,job,name\r\n' +
        'ID,2026-11-15T12:00:00.000Z,error,"two\nlines",few,,HELLO,,task\r\n' +
        'ID,2026-11-15T12:00:00.000Z,info,"\'=cmd|""calc""!A1",few,Greet,HELLO,,task\r\n',
    );
  });

  it('takes the filters of the list', async () => {
    expect(await (await get('?project=few&min_level=error&q=TWO')).text()).toContain('two\\nlines');
    expect(await (await get('?status=failed')).text()).toBe('');
    expect(await (await get('?project=nothing&format=csv')).text()).toMatch(/^id,.*name\r\n$/);
  });

  it('refuses what it does not know', async () => {
    const { status, body } = await instance.call('GET', '/logs/export?format=xlsx&limit=5');
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { code: 'invalid_query' } } });
    expect(JSON.stringify(body)).toContain('it takes ndjson or csv');
    expect(JSON.stringify(body)).toContain('\\"limit\\" is not known');
  });
});

describe('an export whose reader is slow', () => {
  /** More than the buffers of a connection hold. */
  const BIG = 'x'.repeat(60_000);

  it('keeps its place until it is read or left, and a token has four', async () => {
    await write(instance, 500, 'big', BIG);
    const open = await Promise.all([1, 2, 3, 4].map(() => get('?project=big')));
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const refused = await get('?project=big');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: 'too_much_under_way' } });
    for (const { body } of open) await body?.cancel();
    await until('a place is free again', async () => {
      const response = await get('?project=few');
      await response.text();
      return response.status === 200;
    });
  });

  it('is cut when the server stops, so that nobody takes it for whole', async () => {
    const other = await startInstance();
    await write(other, 500, 'big', BIG);
    const response = await get('?project=big', other);
    await other.stop();
    await expect(response.text()).rejects.toThrow('terminated');
  });
});
