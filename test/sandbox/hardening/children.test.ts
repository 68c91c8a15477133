import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { Hardening } from '../../../sandbox/hardening/find-hardening.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { descendants } from '../../support/processes.ts';
import { runJob, taskOnly, testHardening } from '../../support/sandbox.ts';
import { until } from '../../support/wait-for.ts';

let hardening: Hardening;
let sandbox: Sandbox;
beforeAll(async () => {
  hardening = await testHardening();
  sandbox = await createSandbox({ hardening });
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const takes = (name: string) => hardening.measures.some((each) => each.name === name && each.taken);

/** Runners and compilers, not the words before them. */
const children = () =>
  descendants(process.pid).filter(
    ({ command }) => command[0] === process.execPath && /^(runner|compiler)$/.test(command.at(-1) ?? ''),
  );

const statusOf = (pid: number): ReadonlyMap<string, string> =>
  new Map(
    readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .map((line): [string, string] => [line.split(':')[0] ?? '', line.split(/:\s*/)[1] ?? '']),
  );

describe.runIf(process.platform === 'linux')('children of a real sandbox', () => {
  it('are shut in by every measure that is taken, runners and compilers', async () => {
    await Promise.all([
      runJob(sandbox, { files: taskOnly('export function handle_button() { return 1 }') }),
      sandbox.compile({ files: { 'common.ts': 'export const a = 1' }, bundle: null }),
    ]);
    await until('two runners and a compiler', () => children().length >= 3);
    for (const { pid } of children()) {
      const status = statusOf(pid);
      if (takes('rights')) {
        expect([status.get('NoNewPrivs'), status.get('CapEff')]).toEqual(['1', '0000000000000000']);
      }
      if (takes('limits')) {
        expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m);
        expect(Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'))).toBeGreaterThan(0);
      }
    }
  });

  it('have each a user that owns nothing, where there are such users', async ({ skip }) => {
    skip(!takes('user'));
    await until('two runners', () => children().length >= 2);
    const users = children().map(({ pid }) => statusOf(pid).get('Uid')?.split('\t')[0]);
    expect(new Set(users).size).toBe(users.length);
    expect(users).not.toContain(`${process.getuid?.()}`);
  });
});
