import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesStrangers } from '../support/access.ts';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
  await instance.deploy('echo', ECHO_FILES);
});
afterAll(() => instance.stop());

const ECHO = '/projects/echo';

describe('params', () => {
  refusesStrangers(
    () => instance,
    [
      ['PUT', `${ECHO}/params/GREETING`, 'developer'],
      ['DELETE', `${ECHO}/params/GREETING`, 'developer'],
    ],
  );

  it('keep a value set here over a deploy, until it is deleted', async () => {
    const put = await instance.call('PUT', `${ECHO}/params/GREETING`, { value: 'Moin' });
    expect(put).toMatchObject({ status: 200, body: { key: 'GREETING', value: 'Moin' } });
    await instance.deploy('echo', ECHO_FILES);
    expect((await instance.call('GET', ECHO)).body).toMatchObject({
      params: [{ key: 'GREETING', value: 'Moin', initial: 'Hello' }],
    });
    expect((await instance.call('DELETE', `${ECHO}/params/GREETING`)).status).toBe(204);
    expect((await instance.call('GET', ECHO)).body).toMatchObject({ params: [{ value: 'Hello' }] });
  });

  it('that the project does not have are 404', async () => {
    expect((await instance.call('PUT', `${ECHO}/params/NONE`, { value: 'x' })).status).toBe(404);
  });
});

describe('secrets', () => {
  refusesStrangers(
    () => instance,
    [
      ['PUT', `${ECHO}/secrets/API_KEY`, 'manager'],
      ['DELETE', `${ECHO}/secrets/API_KEY`, 'manager'],
    ],
  );

  it('are set and removed, and never come back', async () => {
    const put = await instance.call('PUT', `${ECHO}/secrets/API_KEY`, { value: 'the-value-of-the-secret' });
    expect(put).toMatchObject({ status: 200, body: { key: 'API_KEY', set: true, warning: null } });
    for (const route of [ECHO, `${ECHO}/export`, '/logs', '/jobs']) {
      const { body } = await instance.call('GET', route);
      expect(JSON.stringify(body)).not.toContain('the-value-of-the-secret');
    }
    expect((await instance.call('GET', `${ECHO}/secrets/API_KEY`)).status).toBe(405);
    expect((await instance.call('DELETE', `${ECHO}/secrets/API_KEY`)).status).toBe(204);
    expect((await instance.call('GET', ECHO)).body).toMatchObject({
      secrets: [{ key: 'API_KEY', set: false }],
    });
  });

  it('too short to be masked are accepted with a warning', async () => {
    const { status, body } = await instance.call('PUT', `${ECHO}/secrets/API_KEY`, { value: 'abc' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ warning: expect.any(String) });
  });
});

describe('tokens', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/tokens', 'manager'],
      ['POST', '/tokens', 'manager'],
      ['DELETE', '/tokens/x', 'manager'],
    ],
  );

  it('are shown once, work with their role, and end when deleted', async () => {
    const made = await instance.call<{ id: string; token: string }>('POST', '/tokens', {
      name: 'ci',
      role: 'developer',
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'ci',
        role: 'developer',
        created_by: 'admin',
        token: expect.stringMatching(/^slu_[\w-]{43}$/),
      },
    });
    const { id, token } = made.body;
    const list = await instance.call('GET', '/tokens');
    expect(list.body).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ id })]) });
    expect(JSON.stringify(list.body)).not.toContain(token);
    expect(JSON.stringify(list.body)).not.toContain('hash');

    expect((await instance.call('GET', '/projects', undefined, token)).status).toBe(200);
    expect((await instance.call('GET', '/tokens', undefined, token)).status).toBe(403);
    expect((await instance.call('DELETE', `/tokens/${id}`)).status).toBe(204);
    expect((await instance.call('GET', '/projects', undefined, token)).status).toBe(401);
    expect((await instance.call('DELETE', `/tokens/${id}`)).status).toBe(404);
  });

  it.each([
    { name: 'x', role: 'admin' },
    { name: ' ', role: 'user' },
    { role: 'user' },
    { name: 'x', role: 'user', hash: 'y' },
  ])('are not made from %j', async (body) => {
    expect((await instance.call('POST', '/tokens', body)).status).toBe(400);
  });
});
