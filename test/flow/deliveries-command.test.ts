import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandEnd, sluice } from '../support/command.ts';
import { EDGE_FILES, EDGE_SECRETS } from '../support/edge-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';

interface Listed {
  readonly items: readonly { readonly id: string; readonly status: number; readonly job: string | null }[];
  readonly next: string | null;
}

const { KEY } = EDGE_SECRETS;
let instance: Instance;
let url: string;

beforeAll(async () => {
  instance = await startInstance();
  ({ BEARER: url = '' } = await instance.deploy('edge', EDGE_FILES));
  await instance.call('PUT', '/projects/edge/secrets/KEY', { value: KEY });
  await send('{"order": 1}', KEY);
  await send('\u001b[2Jwipe\nit', 'wrong');
});
afterAll(() => instance.stop());

const send = (body: string, token: string) =>
  fetch(url, { method: 'POST', body, headers: { authorization: `Bearer ${token}` } });
const run = (...args: readonly string[]): Promise<CommandEnd> =>
  sluice(['deliveries', 'edge', ...args], {
    env: { SLUICE_URL: instance.url, SLUICE_TOKEN: instance.token },
  });
const listed = async (...args: readonly string[]): Promise<Listed> =>
  JSON.parse((await run('BEARER', '--json', ...args)).stdout);

describe('sluice deliveries', () => {
  it('lists the newest first, with what decided', async () => {
    const { code, stdout, stderr } = await run('BEARER');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^ID +AT +STATUS +FROM +BYTES +JOB +WHAT WAS FOUND$/),
      expect.stringMatching(/ 401 +127\.0\.0\.1 +0 +none +authentication: the header authorization does not/),
      expect.stringMatching(/ 200 +127\.0\.0\.1 +12 +[0-9a-f-]{36} +handler: answered 200$/),
      '',
    ]);
    expect((await listed()).items.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('says that there are more', async () => {
    const { stdout, stderr } = await run('BEARER', '--limit', '1');
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stderr).toBe('There are more: give a higher --limit.\n');
  });

  it('shows one with each step, its headers without secrets, and its body', async () => {
    const [refused, taken] = (await listed()).items;
    const { stdout } = await run('BEARER', taken?.id ?? '');
    expect(stdout).toContain(`job       ${taken?.job}\n`);
    expect(stdout).toContain('kept      whole: can be delivered again\n');
    expect(stdout).toMatch(/\nchecked\n {2}ok {6}method\n {2}ok {6}source\n/);
    expect(stdout).toMatch(/\n {2}authorization: \*\*\*\n/);
    expect(stdout).toMatch(/\nbody\n {2}\{"order": 1\}\n$/);
    expect(stdout).not.toContain(KEY);
    const other = await run('BEARER', refused?.id ?? '');
    expect(other.stdout).toMatch(/\n {2}refused authentication the header authorization does not have/);
    expect(JSON.parse((await run('BEARER', taken?.id ?? '', '--json')).stdout)).toMatchObject({
      id: taken?.id,
    });
  });

  it('gives one to its handler again', async () => {
    const { id = '', job } = (await listed()).items.at(-1) ?? {};
    const { code, stdout, stderr } = await run('BEARER', '--redeliver', id);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { text: '{"order": 1}' }]);
    expect(stderr).toMatch(/^Job [0-9a-f-]{36} is done after \d+ ms\.\n$/);
    const newest = (await listed('--limit', '1')).items[0];
    expect(stderr).toContain(newest?.job);
    expect(newest?.job).not.toBe(job);
    expect((await run('BEARER', newest?.id ?? '')).stdout).toContain(`again     ${id}, by `);
  });

  it.each([
    [
      'a delivery that was refused',
      async () => ['--redeliver', (await listed()).items.find(({ status }) => status === 401)?.id ?? ''],
      'cannot be delivered again: it was refused',
    ],
    ['one that is not there', async () => ['nothing'], 'Webhook BEARER has no delivery nothing'],
  ])('says in one line why not, of %s', async (_what, args, sentence) => {
    const { code, stdout, stderr } = await run('BEARER', ...(await args()));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^sluice: .*\n$/);
    expect(stderr).toContain(sentence);
  });

  it('says why nothing is kept, and what is no webhook', async () => {
    expect((await run('OPEN')).stderr).toContain('Webhook OPEN keeps them when project.yaml has');
    expect(await run('CLICK')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('CLICK is a button trigger'),
    });
    expect(await run('BEARER', 'x', '--redeliver', 'y')).toMatchObject({ code: 2, stdout: '' });
  });

  it('lets nobody write to the terminal', async () => {
    await send('\u001b[2Jwipe', KEY);
    const { id = '' } = (await listed('--limit', '1')).items[0] ?? {};
    expect((await run('BEARER', id)).stdout).toMatch(/\n {2}\\e\[2Jwipe\n$/);
  });
});
