import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRow } from '../../runtime/store/job-store.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { clickButton, deployTask, linesOf, openTestRuntime, type TestRuntime } from '../support/runtime.ts';

const PROTECTED = `
  export const keep = (key: string, value: unknown) => registers.set("_kept", key, value);
  export const kept = async (key: string) => (await registers.get("_kept", key))?.value;
  export const open = (key: string) => registers.get("open", key);
  export const vault = () => registers.set("_kept", "token", secrets.TOKEN);`;

/** Each click evaluates one expression, \`registers\` and Protected Code in scope. */
const CODE = `
  export async function handle_button(data: any): Promise<unknown> {
    const run = new Function("registers", "keep", "kept", "open", "vault", "return (async () => (" + data + "))()");
    return run(registers, keep, kept, open, vault);
  }`;

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
  for (const slug of ['state', 'other']) await deploy(slug);
});
afterAll(() => works.close());

const deploy = (slug: string) =>
  deployTask(works.runtime, {
    slug,
    code: CODE,
    yaml: 'secrets: [{key: TOKEN}]',
    files: { 'protected.ts': PROTECTED },
    triggers: ['{type: button, name: GO}'],
  });

const click = (expression: string, slug = 'state'): Promise<JobRow> =>
  clickButton(works.runtime, slug, 'GO', expression);

async function value(expression: string, slug?: string): Promise<unknown> {
  const job = await click(expression, slug);
  if (job.status !== 'done') throw new Error(job.error ?? job.status);
  return JSON.parse(job.result ?? 'null');
}

async function errorOf(expression: string): Promise<{ name: string; message: string }> {
  const job = await click(expression);
  return JSON.parse(job.error ?? '{"name": "none"}');
}

describe('registers', () => {
  it('keep plain data from one job to the next, for the whole project and no other', async () => {
    const kept = '{ at: new Date(5), tags: new Set(["a"]), bytes: Uint8Array.of(0, 255) }';
    expect(await value(`registers.set("open", "first", ${kept})`)).toBe(1);
    const seen = 'registers.get("open", "first").then(({ value, version }) =>';
    expect(
      await value(`${seen} [version, value.at instanceof Date, value.tags.has("a"), value.bytes[1]])`),
    ).toEqual([1, true, true, 255]);
    expect(await value('open("first").then(({ version }) => version)')).toBe(1);
    expect(await value('registers.get("open", "first")', 'other')).toBeNull();
    expect(await value('registers.get("open", "second")')).toBeNull();
  });

  it('refuse a write over a version that is gone with an error that code can catch', async () => {
    await value('registers.set("cas", "a", 1)');
    const caught = '.catch((error) => [error.name, error.message])';
    expect(await value(`registers.set("cas", "a", 2, { if_version: 9 })${caught}`)).toEqual([
      'ConflictError',
      'cas/a has version 1, and the writer expected version 9. Read it again and decide anew.',
    ]);
    for (const none of ['0', 'null']) {
      expect(await errorOf(`registers.set("cas", "a", 2, { if_version: ${none} })`)).toMatchObject({
        name: 'ConflictError',
      });
    }
    expect(await value('registers.set("cas", "a", 2, { if_version: 1 })')).toBe(2);
    expect(await errorOf('registers.delete("cas", "a", { if_version: 1 })')).toMatchObject({
      name: 'ConflictError',
    });
    expect(await value('registers.delete("cas", "a", { if_version: 2 })')).toBe(true);
    expect(await value('registers.delete("cas", "a")')).toBe(false);
    expect(await value('registers.set("cas", "a", 1, { if_version: null })')).toBe(3);
  });

  it('give their entries in the order of keys, a page at a time', async () => {
    await value(
      'Promise.all(["b1", "a2", "c", "a1"].map((key) => registers.set("list", key, key)))',
      'other',
    );
    expect(await value('registers.entries("list", { prefix: "a" })', 'other')).toEqual([
      { key: 'a1', value: 'a1', version: 1 },
      { key: 'a2', value: 'a2', version: 1 },
    ]);
    expect(await value('registers.entries("list", { limit: 2, after: "a2" })', 'other')).toMatchObject([
      { key: 'b1' },
      { key: 'c' },
    ]);
    expect(await value('registers.entries("nothing")')).toEqual([]);
  });

  it('count right when two jobs increment one key 100 times each at once', async () => {
    const hundred =
      'Promise.all(Array.from({ length: 100 }, () => registers.increment("hits", "n"))).then((all) => all.length)';
    expect(await Promise.all([value(hundred), value(hundred)])).toEqual([100, 100]);
    expect(await value('registers.increment("hits", "n", -0.5)')).toBe(199.5);
  });

  it('with a name that begins with "_" are there for Protected Code only', async () => {
    await value('keep("x", { secret: true })');
    expect(await value('kept("x")')).toEqual({ secret: true });
    for (const call of [
      'get("_kept", "x")',
      'entries("_kept")',
      'delete("_kept", "x")',
      'increment("_n", "x")',
    ]) {
      expect(await errorOf(`registers.${call}`)).toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining('is for Protected Code only'),
      });
    }
    expect(await value('kept("x")')).toEqual({ secret: true });
  });

  it('of Protected Code may hold a secret, which stands in no log, job or audit row', async () => {
    const token = 'correct-horse-battery';
    const actor = { id: null, name: 'admin', login: 'admin', role: 'manager' } as const;
    await works.runtime.setSecret('state', 'TOKEN', token, actor);
    const job = await click('vault()');
    expect(job.status).toBe('done');
    const project_id = works.runtime.project('state')?.project.id ?? '';
    const entry = await works.store.getRegister({ project_id, name: '_kept', key: 'token' });
    expect(entry && decode(entry.value)).toBe(token);
    const audit = await works.store.listAudit({}, { limit: 100 });
    const seen = [job, await linesOf(works.store, job.id), audit, works.reports];
    expect(JSON.stringify(seen)).not.toContain(token);
  });

  it('are the same frozen functions as long as the job lasts', async () => {
    expect(await value('Object.isFrozen(registers) && Object.keys(registers)')).toEqual([
      'get',
      'set',
      'delete',
      'entries',
      'increment',
    ]);
  });

  it('are there in a realm of its own too', async () => {
    await deployTask(works.runtime, {
      slug: 'own',
      code: 'export const handle_button = () => registers.increment("own", "n", 2);',
      task: '    realm: own',
      triggers: ['{type: button, name: GO}'],
    });
    expect(await value('', 'own')).toBe(2);
  });

  it('are left alone by what still waits when the job ends', async () => {
    const calls = 'for (let i = 0; i < 3000; i++) registers.set("late", "k" + i, i)';
    expect(await value(`(() => { ${calls}; return 1; })()`)).toBe(1);
    const written = () => value('registers.entries("late").then((all) => all.length)');
    const after = await written();
    expect(after).toBeLessThan(1000);
    expect(await written()).toBe(after);
  });

  it('are counted like other calls', async () => {
    const job = await click(
      '(async () => { for (;;) await Promise.all(Array.from({ length: 500 }, () => registers.get("a", "b"))); })()',
    );
    expect(job).toMatchObject({
      status: 'limit_exceeded',
      error: expect.stringContaining('"limit":"calls"'),
    });
  });

  it('hold nobody up when a job reads them in heaps and does not listen', async () => {
    const fill = 'Array.from({ length: 15 }, (_, i) => registers.set("heap", "k" + i, "x".repeat(65000)))';
    await value(`Promise.all(${fill}).then(() => 1)`);
    const heap = 'Array.from({ length: 2000 }, () => registers.entries("heap"))';
    const greedy = click(`(async () => { ${heap}; await null; for (;;) {} })()`);
    expect(await value('registers.get("open", "first").then(() => 1)', 'other')).toBe(1);
    expect((await greedy).status).not.toBe('done');
    expect(await value('registers.entries("heap").then((all) => all.length)')).toBe(15);
  }, 60_000);

  it('take no more than fits', async () => {
    const fill = 'Array.from({ length: 17 }, (_, i) => registers.set("big", "k" + i, "x".repeat(65000)))';
    await value(`Promise.all(${fill}).then(() => 1)`);
    expect(await errorOf('registers.entries("big")')).toMatchObject({
      name: 'RangeError',
      message: expect.stringMatching(/more than 1048576 bytes. Ask for \d+ at once: limit/),
    });
    expect(await value('registers.entries("big", { limit: 3 }).then((all) => all.length)')).toBe(3);
  });
});

describe('registers refuse', () => {
  it.each([
    ['no name', 'registers.get("", "a")', 'TypeError', 'The name of a register is empty.'],
    ['a long name', 'registers.get("n".repeat(101), "a")', 'TypeError', 'at most 100 characters'],
    ['a key that is no text', 'registers.get("a", 5)', 'TypeError', 'is text, not of type number'],
    ['a long key', 'registers.set("a", "k".repeat(501), 1)', 'TypeError', 'at most 500 characters'],
    ['U+0000 in a key', 'registers.set("a", "\\0", 1)', 'TypeError', 'U+0000'],
    ['half a character in a key', 'registers.set("a", "\\ud800", 1)', 'TypeError', 'half a character'],
    ['a value that is no plain data', 'registers.set("a", "b", { f() {} })', 'TypeError', 'arguments[2].f'],
    ['a large value', 'registers.set("a", "b", "x".repeat(65535))', 'RangeError', 'at most 65536 bytes'],
    ['many bytes', 'registers.set("a", "b", new Uint8Array(65537))', 'RangeError', 'at most 65536 bytes'],
    [
      'an unknown option',
      'registers.set("a", "b", 1, { ifVersion: 1 })',
      'TypeError',
      'no option "ifVersion"',
    ],
    ['options that are none', 'registers.set("a", "b", 1, 5)', 'TypeError', 'not of type number'],
    [
      'a version that got lost',
      'registers.set("a", "b", 1, { if_version: undefined })',
      'TypeError',
      'if_version is of type undefined',
    ],
    ['half a version', 'registers.set("a", "b", 1, { if_version: 1.5 })', 'TypeError', 'if_version'],
    ['a limit above 1000', 'registers.entries("a", { limit: 1001 })', 'RangeError', 'from 1 to 1000'],
    ['a step that is no number', 'registers.increment("a", "b", "1")', 'TypeError', 'finite number'],
    [
      'to count text',
      'registers.set("a", "t", "x").then(() => registers.increment("a", "t"))',
      'TypeError',
      'a/t',
    ],
  ])('%s', async (_what, expression, name, message) => {
    expect(await errorOf(expression)).toMatchObject({ name, message: expect.stringContaining(message) });
  });
});
