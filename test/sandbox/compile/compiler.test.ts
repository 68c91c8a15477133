import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Compiler, type CompilerOptions, createCompiler } from '../../../sandbox/compile/compiler.ts';
import { spawnCompiler } from '../../../sandbox/compile/spawn-compiler.ts';
import { hostHardening } from '../../../sandbox/hardening/host-hardening.ts';
import type { CompileRequest } from '../../../sandbox/types.ts';

const FINE: CompileRequest = {
  files: { 'tasks/a.ts': 'export const handle_cron = (): number => 1' },
  bundle: null,
};
/** Takes esbuild minutes. */
const SLOW: CompileRequest = { files: { 'tasks/a.ts': `${'x=>'.repeat(6000)}1` }, bundle: null };

const hardening = await hostHardening();

/** Ends esbuild: its stack may be 1 GB. */
const LARGE: CompileRequest = { files: { 'tasks/a.ts': `${'!'.repeat(900_000)}1` }, bundle: null };

let compiler: Compiler | undefined;
let children: ChildProcess[] = [];

function start(options: Omit<CompilerOptions, 'spawn'> = {}): Compiler {
  const spawn = (): ChildProcess => {
    const child = spawnCompiler(hardening);
    children.push(child);
    return child;
  };
  compiler = createCompiler({ spawn, ...options });
  return compiler;
}

afterEach(async () => {
  await compiler?.stop();
  children = [];
});

const ended = (child: ChildProcess | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

/** Living processes in the group that a child leads: itself and its esbuild. Linux only. */
function groupOf(child: ChildProcess | undefined): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [state, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return state !== 'Z' && Number(group) === child?.pid;
    } catch {
      return false;
    }
  });
}

describe('the compiler', () => {
  it('compiles in one child, several requests one after the other', async () => {
    const { compile } = start();
    const results = await Promise.all(
      [FINE, { files: { 'common.ts': 'let a = ;' }, bundle: null }, FINE].map((request) => compile(request)),
    );
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(results[0]).toMatchObject({ program: { tasks: { 'tasks/a.ts': { handlers: ['handle_cron'] } } } });
    expect(children).toHaveLength(1);
  });

  it('stops a compile that takes too long, says so, and compiles on', async () => {
    const { compile } = start({ timeoutMs: 1500 });
    const [slow, fine] = await Promise.all([compile(SLOW), compile(FINE)]);
    expect(slow).toEqual({
      ok: false,
      errors: [
        { file: 'tasks/a.ts', line: 0, column: 0, message: expect.stringContaining('longer than 1.5 s') },
      ],
    });
    expect(fine.ok).toBe(true);
    expect(children).toHaveLength(2);
    expect(children[0]?.signalCode).toBe('SIGKILL');
  });

  it.runIf(existsSync('/proc/self/stat'))(
    'stops a compile that takes too much memory, and says so',
    async () => {
      const { compile } = start({ memoryBytes: 300 * 1024 ** 2 });
      const { ok, ...rest } = await compile(LARGE);
      expect(ok).toBe(false);
      expect(rest).toMatchObject({
        errors: [{ file: 'tasks/a.ts', message: expect.stringContaining('more than 300 MB of memory') }],
      });
      expect((await compile(FINE)).ok).toBe(true);
    },
  );

  it('says which bound a compile met that esbuild gave up on', async () => {
    const { compile } = start();
    expect(await compile(LARGE)).toMatchObject({
      ok: false,
      errors: [
        { file: 'tasks/a.ts', message: expect.stringMatching(/memory or stack: it may have 1024 MB/) },
      ],
    });
    expect((await compile(FINE)).ok).toBe(true);
  });

  it('lets the slow compiles of one project hold up no other', async () => {
    const { compile } = start();
    const slow = [1, 2, 3].map(() => compile(SLOW, 'slow').catch(() => {}));
    const quick = await Promise.all(['a', 'b', 'a'].map((project) => compile(FINE, project)));
    expect(quick.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(children).toHaveLength(2);
    await compiler?.stop();
    await Promise.all(slow);
  });

  it('refuses at once what would have to wait behind too many', async () => {
    const { compile } = start();
    const waiting = Array.from({ length: 5 }, () => compile(SLOW, 'slow').catch(() => {}));
    expect(await compile(FINE, 'slow')).toMatchObject({
      ok: false,
      busy: true,
      errors: [{ message: expect.stringContaining('Try again') }],
    });
    expect((await compile(FINE, 'other')).ok).toBe(true);
    await compiler?.stop();
    await Promise.all(waiting);
  });

  it('survives the loss of its child while it works and while it rests', async () => {
    const { compile } = start();
    await compile(FINE);
    children[0]?.kill('SIGKILL');
    await ended(children[0]);
    expect((await compile(FINE)).ok).toBe(true);

    const lost = compile(SLOW);
    children[1]?.kill('SIGKILL');
    expect(await lost).toMatchObject({ ok: false, errors: [{ file: 'tasks/a.ts' }] });
    expect((await compile(FINE)).ok).toBe(true);
    expect(children).toHaveLength(3);
  });

  it.runIf(existsSync('/proc/self/stat'))('survives the loss of esbuild', async () => {
    const { compile } = start();
    await compile(FINE);
    const [child] = children;
    const [esbuild] = groupOf(child).filter((pid) => Number(pid) !== child?.pid);
    const lost = compile(SLOW);
    process.kill(Number(esbuild), 'SIGKILL');
    expect(await lost).toMatchObject({ ok: false, errors: [{ file: 'tasks/a.ts' }] });
    expect((await compile(FINE)).ok).toBe(true);
    expect(children).toHaveLength(2);
  });

  it('lets its child go when there is nothing to do', async () => {
    const { compile } = start({ idleMs: 20 });
    await compile(FINE);
    await ended(children[0]);
    expect((await compile(FINE)).ok).toBe(true);
    expect(children).toHaveLength(2);
  });

  it('leaves the signals of the terminal to the server', async () => {
    const { compile } = start();
    await compile(FINE);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) children[0]?.kill(signal);
    expect((await compile(FINE)).ok).toBe(true);
    expect(children).toHaveLength(1);
  });

  it.runIf(existsSync('/proc/self/stat'))('gives its child nothing but an empty directory', async () => {
    const { compile, stop } = start();
    await compile(FINE);
    const [child] = children;
    const [esbuild] = groupOf(child).filter((pid) => Number(pid) !== child?.pid);
    const directory = readlinkSync(`/proc/${child?.pid}/cwd`);
    expect(readdirSync(directory)).toEqual([]);
    for (const pid of [child?.pid, esbuild]) {
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
      // bubblewrap says where it puts the child; esbuild is told how much memory to use.
      expect(names.filter((name) => !/^(NODE_CHANNEL_|PWD=|GOMEMLIMIT=)/.test(name))).toEqual([]);
    }
    await stop();
    expect(existsSync(directory)).toBe(false);
  });

  it.runIf(existsSync('/proc/self/stat'))(
    'leaves no process behind when it stops, at work or at rest',
    async () => {
      for (const request of [FINE, SLOW]) {
        const { compile, stop } = start();
        await compile(FINE);
        const working = compile(request).catch(() => {});
        const child = children.at(-1);
        expect(groupOf(child).length).toBeGreaterThan(1);
        await stop();
        await working;
        await expect.poll(() => groupOf(child)).toEqual([]);
      }
    },
  );

  it('refuses what comes after its stop', async () => {
    const { compile, stop } = start();
    await stop();
    await expect(compile(FINE)).rejects.toThrow('stopped');
    expect(children).toEqual([]);
  });

  it.runIf(existsSync('/proc/self/stat'))('has a child that ends with the server', async () => {
    const { compile } = start();
    await compile(FINE);
    const [child] = children;
    child?.disconnect();
    await expect.poll(() => groupOf(child)).toEqual([]);
  });

  it('says when the child cannot be started', async () => {
    compiler = createCompiler({
      spawn: () => {
        throw new Error('no such program');
      },
    });
    await expect(compiler.compile(FINE)).rejects.toThrow('no such program');
  });
});
