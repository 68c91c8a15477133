import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sluice } from '../support/command.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'sluice-usage-'));
});

afterAll(() => rm(dir, { recursive: true }));

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

describe('using the command line wrongly', () => {
  it('is answered with one line and exit code 2', async () => {
    const wrong = [
      ['pusch', '.'],
      ['push'],
      ['logs', '--nope'],
      ['trigger', 'run', 'p', 't', '--wait', '1h'],
    ];
    for (const args of wrong) {
      const { code, stdout, stderr } = await sluice(args, { cwd: dir });
      expect([args, code, stdout]).toEqual([args, 2, '']);
      expect(lines(stderr)).toHaveLength(1);
      expect(stderr).toMatch(/^sluice: .*[.?)] See `sluice .*--help`/);
    }
  });

  it('suggests the command that was meant', async () => {
    expect((await sluice(['pusch', '.'])).stderr).toContain('Did you mean push?');
  });

  it('is helped without a server', async () => {
    const { code, stdout } = await sluice(['--help']);
    expect(code).toBe(0);
    for (const command of [
      'serve',
      'push',
      'pull',
      'run',
      'types',
      'new',
      'secrets',
      'logs',
      'jobs',
      'trigger',
    ]) {
      expect(stdout).toContain(`\n  ${command}`);
    }
  });
});

describe('without a server', () => {
  it('says in one line how to start one', async () => {
    const { code, stderr } = await sluice(['jobs', '--url', 'http://127.0.0.1:1'], { cwd: dir });
    expect(code).toBe(1);
    expect(lines(stderr)).toEqual([expect.stringContaining('http://127.0.0.1:1')]);
  });

  it('shows where project.yaml is wrong', async () => {
    await writeFile(path.join(dir, 'project.yaml'), 'name: Shop\nslug: shop\ntaskss: []\n');
    const { code, stderr } = await sluice(['push', dir]);
    expect(code).toBe(1);
    expect(lines(stderr)).toEqual([
      expect.stringMatching(/^sluice: Not deployed: project\.yaml:3:1 unknown key "taskss"/),
    ]);
  });
});
