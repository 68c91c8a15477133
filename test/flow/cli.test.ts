import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandEnd, sluice } from '../support/command.ts';
import { type Instance, startInstance } from '../support/instance.ts';

const PROJECT = `
name: Greeter
slug: greeter
active: true
params: [{key: GREETING, value: Hello}]
secrets: [{key: SIGNATURE, description: how letters end}]
tasks:
  - name: Greet
    code: tasks/greet.ts
    active: true
    triggers:
      - {type: button, name: GREET, data: {name: world}}
      - {type: webhook, name: LETTERS}
`;
const PROTECTED = `
export function sign(text: string): { length: number } {
  return { length: (text + secrets.SIGNATURE).length };
}
`;
const GREET = `
export async function handle_button(data: { name: string }) {
  log(params.GREETING + ', ' + data.name);
  return sign(data.name);
}
export function handle_webhook() {
  return 'thanks';
}
`;
const SIGNATURE = 'with kind regards, Sluice';

let folder: string;
let dir: string;
let instance: Instance;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sluice-cli-'));
  dir = path.join(folder, 'greeter');
  await writeProject(dir, GREET);
  instance = await startInstance();
});

afterAll(async () => {
  await instance.stop();
  await rm(folder, { recursive: true });
});

async function writeProject(where: string, task: string): Promise<void> {
  await mkdir(path.join(where, 'tasks'), { recursive: true });
  await writeFile(path.join(where, 'project.yaml'), PROJECT);
  await writeFile(path.join(where, 'protected.ts'), PROTECTED);
  await writeFile(path.join(where, 'tasks/greet.ts'), task);
}

/** A command that talks to the instance. */
function run(args: readonly string[], input = ''): Promise<CommandEnd> {
  return sluice(args, {
    cwd: folder,
    input,
    env: { SLUICE_URL: instance.url, SLUICE_TOKEN: instance.token },
  });
}

/** Its standard output; throws when it failed. */
async function output(args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await run(args, input);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

describe('a project from its first push to its second', () => {
  it('is pushed, and the command says what is still missing', async () => {
    const { code, stdout, stderr } = await run(['push', 'greeter']);
    expect([code, stderr.split('sluice secrets set greeter SIGNATURE').length]).toEqual([0, 2]);
    expect(stdout).toContain('greeter is at version 1');
    const [, hook = ''] = /LETTERS {2}(http:\S+)/.exec(stdout) ?? [];
    expect(await (await fetch(hook, { method: 'POST' })).text()).toBe('thanks');
  });

  it('gets a secret from standard input, without the line end', async () => {
    const { code, stdout, stderr } = await run(['secrets', 'set', 'greeter', 'SIGNATURE'], `${SIGNATURE}\n`);
    expect([code, stdout]).toEqual([0, 'SIGNATURE of greeter is set.\n']);
    expect(stdout + stderr).not.toContain(SIGNATURE);
  });

  it('runs a trigger and prints the result', async () => {
    const result = JSON.parse(await output(['trigger', 'run', 'greeter', 'GREET']));
    expect(result).toEqual({ length: 'world'.length + SIGNATURE.length });
    const data = path.join(folder, 'data.json');
    await writeFile(data, '{"name": "Ada"}');
    const job = JSON.parse(await output(['trigger', 'run', 'greeter', 'GREET', '--data', data, '--json']));
    expect(job).toMatchObject({ status: 'done', result: { length: 'Ada'.length + SIGNATURE.length } });
  });

  it('shows the log, oldest line first', async () => {
    const shown = lines(await output(['logs', '--project', 'greeter']));
    expect(shown).toEqual([
      expect.stringMatching(/INFO {5}greeter GREET: Hello, world$/),
      expect.stringMatching(/INFO {5}greeter GREET: Hello, Ada$/),
    ]);
    const found = lines(await output(['logs', '--q', 'ADA', '--json'])).map((line) => JSON.parse(line));
    expect(found).toMatchObject([{ level: 'info', message: 'Hello, Ada' }]);
  });

  it('counts log lines by what they come from', async () => {
    const shown = lines(
      await output(['logs', '--project', 'greeter', '--status', 'done', '--group-by', 'task']),
    );
    expect(shown).toEqual([
      expect.stringMatching(/^TASK +LINES +FIRST +LAST$/),
      expect.stringMatching(/^Greet +2 +\S+Z +\S+Z$/),
    ]);
    const { groups } = JSON.parse(
      await output(['logs', '--group-by', 'level', '--project', 'greeter', '--json']),
    );
    expect(groups).toMatchObject([{ key: 'info', count: 2 }]);
  });

  it('exports log lines as files', async () => {
    const csv = lines(await output(['logs', 'export', '--format', 'csv', '--project', 'greeter']));
    expect(csv).toHaveLength(3);
    expect(csv[1]).toContain(',info,"Hello, Ada",greeter,Greet,GREET,');
    const json = lines(await output(['logs', '--min-level', 'info', 'export', '--q', 'ADA']));
    expect(json.map((line) => JSON.parse(line).message)).toEqual(['Hello, Ada']);
    expect(await run(['logs', 'export', '--limit', '5'])).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['logs', 'export', '--project', 'gretter'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('lists jobs and shows one of them', async () => {
    const { items } = JSON.parse(await output(['jobs', '--trigger', 'GREET', '--json']));
    expect(items).toHaveLength(2);
    const shown = await output(['jobs', 'show', items[0].id]);
    expect(shown).toContain('{"name":"Ada"}');
    expect(shown).toContain('Hello, Ada');
  });

  it('runs a job again, and cancels only what has not ended', async () => {
    const { items } = JSON.parse(await output(['jobs', '--trigger', 'GREET', '--json']));
    const again = (await output(['retry', items[0].id])).trim();
    expect(JSON.parse(await output(['jobs', 'show', again, '--json']))).toMatchObject({
      input: { name: 'Ada' },
    });
    const { code, stderr } = await run(['jobs', 'cancel', items[0].id]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('has ended already: done.')]);
  });

  it('is switched off and on', async () => {
    const { hook = '' } = /(?<hook>http:\S+)/.exec(await output(['push', 'greeter']))?.groups ?? {};
    const answer = async () => (await fetch(hook, { method: 'POST' })).status;
    expect(await output(['deactivate', 'greeter'])).toBe('greeter is switched off.\n');
    expect(await answer()).toBe(404);
    expect(await output(['activate', 'greeter'])).toBe('greeter is switched on.\n');
    expect(await answer()).toBe(200);
  });

  it('is pulled elsewhere and pushed again from there', async () => {
    await output(['pull', 'greeter', 'copy']);
    expect(await readFile(path.join(folder, 'copy/tasks/greet.ts'), 'utf8')).toBe(GREET);
    expect(await output(['push', 'copy'])).toContain('greeter is at version 3');
  });
});

describe('what goes wrong', () => {
  it('is told as a warning, with file, line and column, when types are wrong', async () => {
    const task =
      'export function handle_button() {\n  return params.GREETINGS;\n}\nexport function handle_webhook() {}';
    await writeProject(path.join(folder, 'typed'), task);
    const { code, stderr } = await run(['push', 'typed']);
    expect(code).toBe(0);
    expect(stderr.match(/^Warning: .*tasks.*$/gm)).toEqual([
      expect.stringMatching(/^Warning: tasks\/greet\.ts:2:17 Type: Property 'GREETINGS' does not exist/),
    ]);
  });

  it('is shown with file, line and column when code does not compile', async () => {
    await writeProject(path.join(folder, 'broken'), 'export function handle_button() {\n  return (;\n}\n');
    const { code, stdout, stderr } = await run(['push', 'broken']);
    expect([code, stdout]).toEqual([1, '']);
    expect(lines(stderr)).toContainEqual(expect.stringMatching(/ tasks\/greet\.ts:2:\d+ /));
  });

  it('is one line for a project that does not exist', async () => {
    const { code, stdout, stderr } = await run(['pull', 'nowhere']);
    expect([code, stdout, lines(stderr)]).toEqual([1, '', [expect.stringContaining('nowhere')]]);
  });

  it('is also said by lists that are empty because of it', async () => {
    for (const command of ['jobs', 'logs']) {
      const { code, stderr } = await run([command, '--project', 'nowhere']);
      expect(code).toBe(1);
      expect(stderr).toBe('sluice: The project "nowhere" does not exist. Check the name.\n');
    }
  });

  it('says where the token came from when it is not valid', async () => {
    const { code, stderr } = await sluice(['jobs'], {
      cwd: folder,
      env: { SLUICE_URL: instance.url, SLUICE_TOKEN: 'wrong' },
    });
    expect([code, lines(stderr)]).toEqual([1, [expect.stringContaining('The token from SLUICE_TOKEN')]]);
  });

  it('makes the command fail when the job fails, with the line of the author', async () => {
    const failing = GREET.replace('log(', 'throw new Error("no greeting today"); log(');
    await writeProject(path.join(folder, 'failing'), failing);
    await output(['push', 'failing']);
    const { code, stderr } = await run(['trigger', 'run', 'greeter', 'GREET']);
    expect(code).toBe(1);
    expect(lines(stderr).at(-1)).toMatch(/^sluice: Job .* failed: tasks\/greet\.ts:3:\d+ Error: no greeting/);
  });
});
