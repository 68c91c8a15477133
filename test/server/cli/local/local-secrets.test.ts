import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLocalSecrets } from '../../../../server/cli/local/local-secrets.ts';

const spec = (key: string) => ({ key, description: '', sealed: false, hosts: [], in: [] });
const DECLARED = [spec('TOKEN'), spec('OTHER')];

let dir: string;
let file: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'sluice-secrets-'));
  file = path.join(dir, 'secrets');
});

afterEach(() => rm(dir, { recursive: true }));

describe('secrets of a local run', () => {
  it('come out of the environment, where nothing is left of them', async () => {
    const env = { SLUICE_SECRET_TOKEN: 'abc', SLUICE_SECRET_UNDECLARED: 'x', HOME: '/' };
    expect(await readLocalSecrets(DECLARED, undefined, env)).toEqual(new Map([['TOKEN', 'abc']]));
    expect(env).toEqual({ HOME: '/' });
  });

  it('come from lines of a file', async () => {
    await writeFile(file, '# mine\n\nTOKEN=a=b c \nUNDECLARED=x\r\nOTHER=\n');
    expect(await readLocalSecrets(DECLARED, file, {})).toEqual(new Map([['TOKEN', 'a=b c ']]));
  });

  it('are never repeated in an error', async () => {
    await writeFile(file, 'TOKEN=abc\nhunter2\n');
    const error: unknown = await readLocalSecrets(DECLARED, file, {}).catch((reason) => reason);
    expect(String(error)).toContain('Line 2 of');
    expect(String(error)).not.toContain('hunter2');
  });
});
