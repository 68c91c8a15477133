import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedProject } from '../../runtime/project/shipped.ts';
import { type CommandEnd, sluice } from '../support/command.ts';
import { startTelegram, type TelegramServer } from '../support/telegram/telegram-server.ts';

let folder: string;
let telegram: TelegramServer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sluice-local-'));
  telegram = await startTelegram();
});

afterAll(async () => {
  await telegram.stop();
  await rm(folder, { recursive: true });
});

const run = (args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) =>
  sluice(args, { cwd: folder, input, env });

describe('a new project', () => {
  it('is written into an empty folder and can be run at once', async () => {
    expect((await run(['new', 'My Shop'])).code).toBe(0);
    const { code, stdout } = await run(['run', 'My Shop', 'hello', 'button']);
    expect([code, JSON.parse(stdout)]).toEqual([0, { message: 'Hello, local!', configured: false }]);
    expect(await readFile(path.join(folder, 'My Shop/project.yaml'), 'utf8')).toContain('slug: my-shop\n');
  });

  it('is not written over anything', async () => {
    const { code, stderr } = await run(['new', 'My Shop']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('My Shop is not empty')]);
  });

  it('gets type files, and keeps a tsconfig.json of its own', async () => {
    expect((await run(['types', 'My Shop'])).code).toBe(0);
    const written = await readdir(path.join(folder, 'My Shop'));
    expect(written).toEqual(expect.arrayContaining(['tsconfig.json', 'sluice.d.ts', '.sluice']));
    await writeFile(path.join(folder, 'My Shop/tsconfig.json'), '{"mine": true}');
    expect((await run(['types', 'My Shop'])).stderr).toContain('is your own and stays');
    expect(await readFile(path.join(folder, 'My Shop/tsconfig.json'), 'utf8')).toBe('{"mine": true}');
  });
});

describe('registers', () => {
  it('work for the job that runs, and are empty for the next one', async () => {
    const yaml =
      '{name: Count, slug: count, tasks: [{name: Count, code: tasks/count.js, triggers: [{type: button, name: GO}]}]}';
    const code = `async function handle_button() {
      await registers.increment('hits', 'n');
      return registers.increment('hits', 'n', 2);
    }`;
    await mkdir(path.join(folder, 'count/tasks'), { recursive: true });
    await writeFile(path.join(folder, 'count/project.yaml'), yaml);
    await writeFile(path.join(folder, 'count/tasks/count.js'), code);
    for (const time of ['first', 'second']) {
      const { code: exit, stdout, stderr } = await run(['run', 'count', 'count', 'button']);
      expect([time, exit, stdout, stderr]).toEqual([time, 0, '3\n', '']);
    }
  });
});

describe('sub-jobs', () => {
  it('are told instead of queued', async () => {
    const yaml =
      '{name: Split, slug: split, tasks: [{name: Split, code: tasks/split.js, triggers: [{type: button, name: GO}]}]}';
    const code = `async function handle_button() { await add_job(part)(1, 'a'); return 'split'; }
      function part() { throw new Error('ran'); }`;
    await mkdir(path.join(folder, 'split/tasks'), { recursive: true });
    await writeFile(path.join(folder, 'split/project.yaml'), yaml);
    await writeFile(path.join(folder, 'split/tasks/split.js'), code);
    const { code: exit, stdout, stderr } = await run(['run', 'split', 'split', 'button']);
    expect([exit, JSON.parse(stdout)]).toEqual([0, 'split']);
    expect(stderr).toContain('On a server this sub-job would now be queued: part with [1,"a"]');
  });
});

describe('a webhook', () => {
  it('gets the data as its body, and its answer is the result', async () => {
    const described = '{"method": "GET", "args": {"name": "Ada"}}';
    const { code, stdout, stderr } = await run(
      ['run', 'My Shop', 'Hello', 'webhook', '--data', '-'],
      described,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 200, body: '{"message":"Hello, Ada!"}' });
    expect(stderr).toBe('INFO     Greeting Ada\n');
  });
});

describe('a job that talks to another service', () => {
  const token = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';

  async function setUp(secret: string): Promise<CommandEnd> {
    await cp(shippedProject('telegram-support'), path.join(folder, 'telegram'), { recursive: true });
    const file = path.join(folder, 'telegram/project.yaml');
    const yaml = (await readFile(file, 'utf8'))
      .replace('https://api.telegram.org', telegram.url)
      .replace('TELEGRAM_API }]', `TELEGRAM_API }], allow_private: ["${new URL(telegram.url).host}"]`);
    await writeFile(file, yaml);
    return run(['run', 'telegram', 'setup', 'handle_button'], '', {
      SLUICE_SECRET_TELEGRAM_BOT_TOKEN: secret,
    });
  }

  it('reaches it with the secret of the environment, and tells what leaves', async () => {
    const { code, stdout, stderr } = await setUp(token);
    expect([code, stdout]).toEqual([0, 'null\n']);
    expect(telegram.requests.map(({ method, token: shown }) => [method, shown])).toEqual([
      ['setWebhook', token],
    ]);
    expect(stderr).toMatch(
      /-> request POST http:\/\/127\.0\.0\.1:\d+\/bot.*\/setWebhook \d+ bytes\n.*<- 200 after/s,
    );
    expect(stderr).not.toContain(token);
  });

  it('fails with the line of the author and without the secret when it is refused', async () => {
    const wrong = token.replace('AAH', 'BBH');
    const { code, stdout, stderr } = await setUp(wrong);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^sluice: The job failed: tasks\/setup\.ts:\d+:\d+ Error: Telegram refused setWebhook: Unauthorized$/,
    );
    expect(stderr).not.toContain(wrong);
  });

  it('says which secret is missing', async () => {
    const { code, stderr } = await run(['run', 'telegram', 'setup', 'button']);
    expect(code).toBe(1);
    expect(stderr).toContain('TELEGRAM_BOT_TOKEN is not set. Set SLUICE_SECRET_TELEGRAM_BOT_TOKEN');
  });
});

describe('what cannot be run', () => {
  it('is named with what there is instead', async () => {
    const noTask = await run(['run', 'My Shop', 'goodbye', 'button']);
    expect([noTask.code, noTask.stderr]).toEqual([2, expect.stringContaining('There are: Hello.')]);
    const noTrigger = await run(['run', 'My Shop', 'hello', 'cron']);
    expect([noTrigger.code, noTrigger.stderr]).toEqual([2, expect.stringContaining('handle_button')]);
  });

  it('is data that is not JSON', async () => {
    const { code, stderr } = await run(['run', 'My Shop', 'hello', 'button', '--data', '-'], 'name: Ada');
    expect([code, stderr]).toEqual([2, expect.stringContaining('not JSON')]);
  });
});
