import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
  await instance.deploy('echo', ECHO_FILES);
});
afterAll(() => instance.stop());

const RUN = '/projects/echo/triggers/GO/run';

describe('a body', () => {
  it.each([
    ['cut short', '{', 'malformed_body'],
    ['with text behind it', '{"data": 1} x', 'malformed_body'],
    ['of something else', '\ufffe', 'malformed_body'],
    ['with a field __proto__', '{"__proto__": {"wait": 1}}', 'malformed_body'],
    ['with an escaped field __proto__', '{"data": [{"\\u005f_proto__": 1}]}', 'malformed_body'],
    ['that is too deep', `{"data": ${'['.repeat(2000)}${']'.repeat(2000)}}`, 'malformed_body'],
    ['that is a list', '[]', 'invalid_body'],
    ['that is a text', '"text"', 'invalid_body'],
    ['that is null', 'null', 'invalid_body'],
    ['with a text for a number', '{"wait": "1"}', 'invalid_body'],
    ['with a number that is too small', '{"wait": -1}', 'invalid_body'],
    ['with a number that is too large', '{"wait": 301}', 'invalid_body'],
  ])('%s is 400', async (_what, text, code) => {
    expect(await instance.call('POST', RUN, text)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it.each([
    ['lists', `{"data": [${'[],'.repeat(5_000_000)}1]}`],
    ['fields', `{"data": {${'"":{},'.repeat(2_000_000)}"x": 1}}`],
  ])('with millions of %s is refused before it is parsed', async (_what, text) => {
    expect(await instance.call('POST', RUN, text)).toMatchObject({
      status: 413,
      body: { error: { message: 'The body has more than 200000 values.' } },
    });
  });

  it('may have any number of brackets and commas in its texts', async () => {
    const data = '{[,'.repeat(200_000);
    const answer = await instance.call('POST', RUN, { data: `${data}\\"${data}` });
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'data_too_large' } } });
  });

  it('with thousands of unknown fields is refused, naming some', async () => {
    const body = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`field${index}`, 1]));
    const answer = await instance.call<{ error: { message: string } }>('POST', RUN, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error.message.length).toBeLessThan(1000);
  });

  it('with unknown fields is refused, naming them', async () => {
    const { status, body } = await instance.call('POST', RUN, { data: 1, wiat: 5, toString: 1 });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { message: expect.stringMatching(/"wiat", "toString" are not known/) },
    });
    const deep = await instance.call('PUT', '/projects/echo', {
      files: ECHO_FILES,
      bundle: { modules: {}, lock: [{ name: 'a', version: '1', extra: 1 }] },
    });
    expect(deep.body).toMatchObject({
      error: { message: expect.stringContaining('"bundle.lock.0.extra" is not known') },
    });
  });

  it('says which field is wrong', async () => {
    const { body } = await instance.call('PATCH', '/projects/echo', { active: 'yes' });
    expect(body).toMatchObject({ error: { message: expect.stringContaining('"active"') } });
  });

  it('that is not UTF-8 is refused', async () => {
    const response = await fetch(`${instance.url}/api/v1${RUN}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${instance.token}` },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(response.status).toBe(400);
  });

  it('that is too large is refused with 413', async () => {
    const { status } = await instance.call('POST', RUN, { data: 'x'.repeat(33 * 1024 * 1024) });
    expect(status).toBe(413);
  });

  it('of a stranger is not even read', async () => {
    const { status } = await instance.call('POST', RUN, '{', null);
    expect(status).toBe(401);
  });
});

describe('a query', () => {
  it.each([
    ['/jobs?stauts=done', /"stauts" is not known/],
    ['/jobs?limit=1&limit=2', /"limit" is given twice/],
    ['/jobs?limit=0', /"limit": it takes a whole number from 1 to 1000/],
    ['/jobs?limit=1001', /"limit"/],
    ['/jobs?limit=1e2', /"limit"/],
    ['/jobs?limit=', /"limit"/],
    ['/jobs?status=finished', /"status": it takes one of queued, running/],
    ['/jobs?from=yesterday', /"from": it takes a time/],
    ['/jobs?from=2026-01-31', /"from"/],
    ['/jobs?after=nonsense', /nonsense/],
    ['/logs?after=nonsense', /nonsense/],
    ['/outgoing?after=nonsense', /nonsense/],
    ['/logs?level=loud', /"level": it takes one of debug/],
    ['/logs/stream?limit=1', /"limit" is not known/],
    ['/projects?limit=1', /"limit" is not known: this address takes no query/],
    ['/jobs?__proto__=1', /__proto__/],
  ])('%s is 400 and says why', async (route, message) => {
    const { status, body } = await instance.call('GET', route);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { message: expect.stringMatching(message) } });
  });

  it('takes times with an offset', async () => {
    const { status } = await instance.call(
      'GET',
      '/jobs?from=2026-01-31T12:00:00%2B02:00&to=2026-02-01T00:00:00Z',
    );
    expect(status).toBe(200);
  });
});
