import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProjectFolder } from '../../runtime/project/project-folder.ts';
import { shippedProject } from '../../runtime/project/shipped.ts';
import type { ApiJob, ApiPage } from '../../server/cli/api-shapes.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { startTelegram, type TelegramServer } from '../support/telegram/telegram-server.ts';
import { textMessage } from '../support/telegram/updates.ts';
import { until } from '../support/wait-for.ts';

const SLUG = 'telegram-support';
const ADA = { id: 7001, first_name: 'Ada', username: 'ada' };

interface LedgerEntry {
  readonly kind: string;
  readonly method: string | null;
  readonly url: string | null;
  readonly recipient: string;
  readonly status: number | null;
  readonly job: string;
  readonly excerpt: string | null;
}

let telegram: TelegramServer;
let instance: Instance;
let hook: string;

beforeAll(async () => {
  telegram = await startTelegram();
  instance = await startInstance();
  const { files } = await readProjectFolder(shippedProject(SLUG));
  const webhooks = await instance.deploy(SLUG, allowTestServer(files));
  hook = webhooks.TELEGRAM ?? '';
  await put('/params/TELEGRAM_API', telegram.url);
  await put('/secrets/TELEGRAM_BOT_TOKEN', telegram.token);
  await instance.call('PATCH', `/projects/${SLUG}`, { active: true });
});

afterAll(async () => {
  await instance.stop();
  await telegram.stop();
});

/** The project as it is shipped, but for the address of this machine, which no project may reach unless it is named. */
function allowTestServer(files: Readonly<Record<string, string>>): Record<string, string> {
  const allowed = '{ param: TELEGRAM_API }]';
  const yaml = files['project.yaml'] ?? '';
  expect(yaml).toContain(allowed);
  const withPrivate = `${allowed}, allow_private: ["${new URL(telegram.url).host}"]`;
  return { ...files, 'project.yaml': yaml.replace(allowed, withPrivate) };
}

async function put(route: string, value: string): Promise<void> {
  const { status } = await instance.call('PUT', `/projects/${SLUG}${route}`, { value });
  expect(status).toBe(200);
}

async function pressSetup(): Promise<ApiJob> {
  const route = `/projects/${SLUG}/triggers/SETUP_TELEGRAM/run`;
  const { body } = await instance.call<{ job: ApiJob }>('POST', route, { wait: 20 });
  return body.job;
}

async function list<Item>(route: string): Promise<readonly Item[]> {
  const { status, body } = await instance.call<ApiPage<Item>>('GET', `${route}?project=${SLUG}&limit=1000`);
  expect(status).toBe(200);
  return body.items;
}

interface RecordShown {
  readonly id: number;
  readonly [field: string]: unknown;
}

/** The oldest first. */
async function records(model: string): Promise<readonly RecordShown[]> {
  const { status, body } = await instance.call<ApiPage<RecordShown>>('GET', `/records/${model}`);
  expect(status).toBe(200);
  return body.items.toReversed();
}

const bodies = async () => (await records('mail.message')).map(({ body }) => body);

const lastMethods = (): string[] => telegram.requests.map(({ method }) => method);

describe('the Telegram project against a Bot API server', () => {
  it('registers its webhook when the button is pressed', async () => {
    const job = await pressSetup();
    expect(job).toMatchObject({ status: 'done', error: null });
    expect(lastMethods()).toEqual(['setWebhook']);
    expect(telegram.requests[0]?.parameters.get('url')).toBe(hook);
  });

  it('welcomes whoever starts the bot', async () => {
    const answer = await telegram.deliver(textMessage(ADA, '/start'));
    expect([answer?.status, answer?.body]).toEqual([200, 'OK']);
    expect(telegram.messages()).toHaveLength(1);
    expect(telegram.messages()[0]).toMatchObject({
      chat: { id: ADA.id },
      text: expect.stringContaining('Hello, @ada!'),
    });
  });

  it('makes a contact of whoever starts the bot', async () => {
    expect(await records('res.partner')).toMatchObject([
      { name: 'Telegram: @ada', ref: '7001@telegram', create_uid: { id: null, name: 'webhook TELEGRAM' } },
    ]);
  });

  it('posts what customers write on their contact and thanks them', async () => {
    await telegram.deliver(textMessage(ADA, 'my printer <smokes>'));
    expect(telegram.messages().at(-1)?.text).toContain('Thank you, @ada');
    expect(await bodies()).toEqual(['From Telegram:\n\nmy printer &lt;smokes&gt;']);
  });

  it('posts what customers have edited', async () => {
    const { message } = textMessage(ADA, 'my printer burns');
    const answer = await telegram.deliver({ edited_message: message });
    expect(answer?.status).toBe(200);
    expect((await bodies()).at(-1)).toBe('Contact has updated his message:\n\nmy printer burns');
  });

  it('sends an answer that is posted on the contact, and reports it there', async () => {
    const [partner] = await records('res.partner');
    const values = { model: 'res.partner', res_id: partner?.id, body: '<p>/telegram Use <b>water</b></p>' };
    expect((await instance.call('POST', '/records/mail.message', { values })).status).toBe(201);
    await until('the report is posted', async () => (await bodies()).length === 4, 15_000);
    expect((await bodies()).at(-1)).toBe('TELEGRAM_MESSAGE_SENT:\n\nUse *water*');
    expect(telegram.messages().at(-1)).toMatchObject({ chat: { id: ADA.id }, text: 'Use <b>water</b>' });
    const jobs = (await list<ApiJob>('/jobs')).filter(({ trigger }) => trigger === 'ON_MESSAGE');
    expect(jobs).toHaveLength(1);
  });

  it('sends nothing that is posted without the prefix, or on other contacts', async () => {
    const before = telegram.requests.length;
    const { body } = await instance.call<{ id: number }>('POST', '/records/res.partner', {
      values: { name: 'Charles' },
    });
    for (const text of ['Call them', 'see /telegram', '/telegram Hello?']) {
      const values = { model: 'res.partner', res_id: body.id, body: text };
      await instance.call('POST', '/records/mail.message', { values });
    }
    const ended = async () =>
      (await list<ApiJob>('/jobs')).filter(
        ({ trigger, status }) => trigger === 'ON_MESSAGE' && status.startsWith('done'),
      );
    await until('the jobs have ended', async () => (await ended()).length === 3, 15_000);
    expect(telegram.requests).toHaveLength(before);
    expect((await ended()).filter(({ status }) => status === 'done_with_warnings')).toHaveLength(1);
  });

  it('has a ledger row for each request and each answer, without the token', async () => {
    const rows = await list<LedgerEntry>('/outgoing');
    const requests = rows.filter(({ kind }) => kind === 'request');
    const host = new URL(telegram.url).host;
    expect(requests).toHaveLength(telegram.requests.length);
    for (const row of requests) {
      expect(row).toMatchObject({
        method: 'POST',
        status: 200,
        recipient: expect.stringContaining('127.0.0.1'),
      });
      expect(row.url).toMatch(new RegExp(`^http://${host}/bot.*/(setWebhook|sendMessage)$`));
    }
    expect(requests[0]?.excerpt).toContain('Use <b>water</b>');
    expect(rows.filter(({ kind }) => kind === 'webhook_answer')).toHaveLength(3);
    expect(rows.filter(({ kind }) => kind === 'declared')).toHaveLength(requests.length);
  });

  it('fails with what Telegram said when the token is wrong, and does not show it', async () => {
    const wrong = '110201543:BBHwrongTokenWrongTokenWrongToken00';
    await put('/secrets/TELEGRAM_BOT_TOKEN', wrong);
    const job = await pressSetup();
    await put('/secrets/TELEGRAM_BOT_TOKEN', telegram.token);
    expect(job.status).toBe('failed');
    expect(job.error?.message).toBe('Telegram refused setWebhook: Unauthorized');
    expect(telegram.requests.at(-1)?.token).toBe(wrong);
    await expectNowhere(wrong);
  });

  it('tries again later when Telegram asks to slow down', async () => {
    telegram.limit(1, 3);
    const job = await pressSetup();
    expect(job).toMatchObject({ status: 'queued', attempt: 1 });
    const [newest] = await list<{ message: string }>('/logs');
    expect(newest?.message).toContain('Too Many Requests: retry after 3');
  });

  it('leaves the token in no log line, job, ledger row or file', async () => {
    expect(telegram.requests.some(({ token }) => token === telegram.token)).toBe(true);
    await expectNowhere(telegram.token);
  });
});

/** Everything the server shows to a Manager and everything it keeps. */
async function expectNowhere(token: string): Promise<void> {
  const jobs = await list<ApiJob>('/jobs');
  const details = await Promise.all(jobs.map(({ id }) => instance.call('GET', `/jobs/${id}`)));
  const project = await instance.call('GET', `/projects/${SLUG}`);
  const shown = [jobs, details, project.body, await list('/logs'), await list('/outgoing'), instance.log];
  expect(jobs.length).toBeGreaterThan(0);
  expect(JSON.stringify(shown)).not.toContain(token);
  const names = await readdir(instance.dataDir, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
  for (const { parentPath, name } of files) {
    const bytes = await readFile(path.join(parentPath, name));
    expect([name, bytes.includes(token)]).toEqual([name, false]);
  }
}
