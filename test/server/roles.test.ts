import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../runtime/words.ts';
import { SURFACE } from '../../server/surface.ts';
import type { SurfaceRow } from '../../server/surface-row.ts';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';

const ROLES = ['user', 'developer', 'manager'] as const;
const LOGINS = ['none', ...ROLES] as const;

let instance: Instance;
const tokens = new Map<string, string | null>([['none', null]]);

beforeAll(async () => {
  instance = await startInstance();
  await instance.deploy('echo', ECHO_FILES);
  for (const role of ROLES) tokens.set(role, await instance.tokenFor(role));
});
afterAll(() => instance.stop());

/** Names that exist nowhere, so that a route that lets one in changes nothing. */
const addressOf = (row: SurfaceRow) => row.path.replaceAll(/:\w+/g, 'nothing');

async function statusOf(row: SurfaceRow, login: string): Promise<number> {
  const token = tokens.get(login);
  const controller = new AbortController();
  const response = await fetch(instance.url + addressOf(row), {
    method: row.verb,
    headers: token ? { authorization: `Bearer ${token}` } : {},
    signal: controller.signal,
  });
  controller.abort();
  return response.status;
}

function expected(row: SurfaceRow, login: (typeof LOGINS)[number]): 'let in' | 401 | 403 {
  if (row.role === 'public') return 'let in';
  if (login === 'none') return 401;
  return ROLES.indexOf(login) >= ROLES.indexOf(row.role) ? 'let in' : 403;
}

describe('every route', () => {
  it('says which role it needs', () => {
    const known: readonly (Role | 'public')[] = ['public', ...ROLES];
    expect(SURFACE.filter((row) => !known.includes(row.role))).toEqual([]);
    expect(SURFACE.filter((row) => row.role === 'public').map((row) => row.path)).toEqual([
      '/healthz',
      '/readyz',
      '/api/v1/openapi.json',
      '/oauth/callback',
    ]);
  });

  it('is there once', () => {
    const places = SURFACE.map((row) => `${row.verb} ${row.path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  describe.each(SURFACE.map((row) => ({ name: `${row.verb} ${row.path}`, row })))('$name', ({ row }) => {
    it.each(LOGINS)('asked with the role %s', async (login) => {
      const status = await statusOf(row, login);
      const wanted = expected(row, login);
      if (wanted !== 'let in') expect(status).toBe(wanted);
      else expect([401, 403, 500]).not.toContain(status);
    });
  });
});

describe('a token', () => {
  it.each([
    ['wrong', 'Bearer wrong-token-that-is-long-enough'],
    ['empty', 'Bearer '],
    ['of another scheme', 'Basic YTpi'],
    ['without a scheme', 'a-manager-token-for-tests'],
    ['much too long', `Bearer ${'x'.repeat(5000)}`],
  ])('that is %s lets nobody in, and the answer does not repeat it', async (_what, authorization) => {
    const response = await fetch(`${instance.url}/api/v1/projects`, { headers: { authorization } });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    const text = await response.text();
    expect(JSON.parse(text).error.code).toBe('unauthorized');
    expect(text).not.toContain('wrong-token');
  });
});

describe('an address that is not on the surface', () => {
  it.each(['/api/v1/nothing', '/api/v1/', '/api/v2/projects', '/nothing', '/api/v1/projects/a/b/c'])(
    '%s is 404',
    async (path) => {
      const response = await fetch(instance.url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'not_found' } });
    },
  );

  it('with another verb is 405 and says which there are', async () => {
    const { status, body } = await instance.call('POST', '/projects');
    expect(status).toBe(405);
    expect(body).toMatchObject({ error: { code: 'method_not_allowed', details: ['GET'] } });
  });
});
