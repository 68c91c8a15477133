import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCredentials } from '../../../server/cli/credentials.ts';

let data: string;

beforeEach(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'sluice-cli-'));
  await writeFile(path.join(data, 'local-token'), 'token-of-this-machine\n');
});

afterEach(() => rm(data, { recursive: true }));

describe('finding the server and the token', () => {
  it('uses the token that a server on this machine left', async () => {
    const found = await findCredentials({}, { SLUICE_DATA: data });
    expect(found).toMatchObject({ url: 'http://127.0.0.1:4070', token: 'token-of-this-machine' });
  });

  it('never shows that token to another machine', async () => {
    const urls = ['https://sluice.example.org', 'http://127.example.org', 'http://127.0.0.1@example.org'];
    for (const url of urls) {
      expect((await findCredentials({ url }, { SLUICE_DATA: data })).token).toBeNull();
    }
  });

  it('prefers options to the environment, and that to the file', async () => {
    const env = { SLUICE_DATA: data, SLUICE_URL: 'http://localhost:1/', SLUICE_TOKEN: 'from-env' };
    expect(await findCredentials({}, env)).toMatchObject({ url: 'http://localhost:1', token: 'from-env' });
    const given = { url: 'http://localhost:2/sluice/', token: 'given' };
    expect(await findCredentials(given, env)).toMatchObject({
      url: 'http://localhost:2/sluice',
      token: 'given',
    });
  });

  it('says where it looked when there is no token', async () => {
    const found = await findCredentials({}, { SLUICE_DATA: path.join(data, 'elsewhere') });
    expect(found.token).toBeNull();
    expect(found.source).toContain(path.join('elsewhere', 'local-token'));
  });

  it('refuses what is not the address of a server', async () => {
    for (const url of ['sluice', 'ftp://example.org', '']) {
      await expect(findCredentials({ url }, {})).rejects.toThrow('is not the address of a server');
    }
  });
});
