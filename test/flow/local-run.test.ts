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

  it('says how to go on in words that a shell takes as they are', async () => {
    const { stdout } = await run(['new', "Ada's shop"]);
    expect(stdout).toContain(`sluice run 'Ada'\\''s shop' hello button`);
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

/** Writes a project of one task, `tasks/SLUG.js`, into the folder SLUG; `yaml` is added at the top. */
async function project(slug: string, triggers: string, code: string, yaml = ''): Promise<void> {
  await mkdir(path.join(folder, slug, 'tasks'), { recursive: true });
  const task = `{name: Task, code: tasks/${slug}.js, triggers: [${triggers}]}`;
  await writeFile(
    path.join(folder, slug, 'project.yaml'),
    `name: ${slug}\nslug: ${slug}\n${yaml}tasks: [${task}]\n`,
  );
  await writeFile(path.join(folder, slug, `tasks/${slug}.js`), code);
}

const BUTTON = '{type: button, name: GO}';

describe('registers', () => {
  it('work for the job that runs, and are empty for the next one', async () => {
    const code = `async function handle_button() {
      await registers.increment('hits', 'n');
      return registers.increment('hits', 'n', 2);
    }`;
    await project('count', BUTTON, code);
    for (const time of ['first', 'second']) {
      const { code: exit, stdout, stderr } = await run(['run', 'count', 'count', 'button']);
      expect([time, exit, stdout, stderr]).toEqual([time, 0, '3\n', '']);
    }
  });
});

describe('records and links', () => {
  it('are there for the job that runs, with transactions, and empty for the next one', async () => {
    const code = `async function handle_button() {
      const before = await env['res.partner'].search_count([]);
      const [ada] = await env.transaction(async () => {
        const made = await env['res.partner'].create([{ name: 'Ada' }, { name: 'Bob' }]);
        await made.message_post({ body: 'Hi' });
        return made.ids;
      });
      const undone = await env
        .transaction(async () => {
          await env['res.partner'].create({ name: 'Eve' });
          throw new UserError('no');
        })
        .catch((error) => error.message);
      const partner = await env['res.partner'].browse(ada);
      await partner.make_ref('shop.7');
      const link = await get_link('shop', 7);
      const names = (await env['res.partner'].search([], { order: 'name' })).mapped('name');
      return [before, undone, names, link.odoo.equals(partner), (await env.ref('shop.7')).name];
    }`;
    await project('kept', BUTTON, code);
    for (const time of ['first', 'second']) {
      const { code: exit, stdout } = await run(['run', 'kept', 'kept', 'button', '--json']);
      expect([time, exit, JSON.parse(stdout)]).toEqual([time, 0, [0, 'no', ['Ada', 'Bob'], true, 'Ada']]);
    }
  });
});

describe('a db trigger', () => {
  const triggers = [
    '{type: db, name: MADE, model: x.device, on: create}',
    '{type: db, name: GONE, model: x.device, on: delete}',
  ].join(', ');
  const models = `models:
  - name: x.device
    strict: true
    fields: [{name: serial, type: char, required: true, unique: true}, {name: sold_at, type: datetime}, {name: photo, type: binary}]
`;
  const code = `async function handle_db(records) {
    const there = await env['x.device'].search_count([]);
    const photos = TRIGGER_NAME === 'MADE' ? (await records.read(['photo'])).map(({ photo }) => [...(photo ?? [])]) : [];
    if (TRIGGER_NAME === 'MADE') await records.write({ sold_at: new Date(5) });
    return [TRIGGER_NAME, records.mapped('serial'), there, photos, records.mapped((each) => each.sold_at?.getTime() ?? 0)];
  }`;
  beforeAll(() => project('devices', triggers, code, models));

  const runDb = (handler: string, data: string) =>
    run(['run', 'devices', 'devices', handler, '--data', '-', '--json'], data);

  it('gets records made of the data, as the models of the project say', async () => {
    const { code: exit, stdout } = await runDb('db', '[{"serial": "a", "photo": "AQI="}, {"serial": "b"}]');
    expect([exit, JSON.parse(stdout)]).toEqual([0, ['MADE', ['a', 'b'], 2, [[1, 2], []], [5, 5]]]);
  });

  it('on deletion gets the last values of records that are gone', async () => {
    const data = '{"serial": "a", "sold_at": "2026-01-31T12:00:00Z"}';
    const { code: exit, stdout } = await runDb('GONE', data);
    const soldAt = Date.parse('2026-01-31T12:00:00Z');
    expect([exit, JSON.parse(stdout)]).toEqual([0, ['GONE', ['a'], 0, [], [soldAt]]]);
  });

  it.each([
    ['{"serial": 5}', 'x.device.serial takes text, not 5.'],
    ['{"serial": "a", "size": 5}', 'x.device has no field size.'],
    ['{"sold_at": null}', 'x.device.serial is required and has no value.'],
    ['[{"serial": "a"}, {"serial": "a"}]', 'Another record of x.device has the same serial'],
    ['{"id": 3, "serial": "a"}', 'id of x.device is kept by Sluice and cannot be written.'],
    ['[5]', '--data gives what records of x.device hold: an object for one, or a list of them.'],
  ])('says what is wrong with the data %s', async (data, message) => {
    const { code: exit, stderr } = await runDb('db', data);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('asks for data when a record cannot be without values', async () => {
    const { code: exit, stderr } = await run(['run', 'devices', 'devices', 'db']);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('Give its values with --data.')]);
  });

  it('is refused as on a server when its domain is wrong', async () => {
    const wrong = '{type: db, name: X, model: x.device, on: create, apply_on: [["serial", "near", 1]]}';
    await project('wrong', wrong, code, models);
    const { code: exit, stderr } = await run(['run', 'wrong', 'wrong', 'db']);
    expect([exit, stderr]).toEqual([1, expect.stringContaining('There is no operator "near"')]);
  });
});

describe('sub-jobs', () => {
  it('are told instead of queued', async () => {
    const code = `async function handle_button() { await add_job(part)(1, 'a'); return 'split'; }
      function part() { throw new Error('ran'); }`;
    await project('split', BUTTON, code);
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
    expect([noTrigger.code, noTrigger.stderr]).toEqual([2, expect.stringContaining('handle_button (TRY)')]);
  });

  it('is data that is not JSON', async () => {
    const { code, stderr } = await run(['run', 'My Shop', 'hello', 'button', '--data', '-'], 'name: Ada');
    expect([code, stderr]).toEqual([2, expect.stringContaining('not JSON')]);
  });
});
