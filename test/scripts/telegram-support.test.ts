import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PreparedVersion } from '../../runtime/project/prepare-deploy.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { compiled } from '../support/compiled.ts';
import { plainFetch, requestOf } from '../support/plain-fetch.ts';
import { prepareShipped, runShipped, type ShippedJob, webhookRequest } from '../support/shipped.ts';
import { openShippedRecords, type ShippedRecords } from '../support/shipped-records.ts';
import { startTelegram, type TelegramServer } from '../support/telegram/telegram-server.ts';

let sandbox: Sandbox;
let version: PreparedVersion;
let telegram: TelegramServer;
let declared: unknown[];
let kept: ShippedRecords;

beforeAll(async () => {
  sandbox = await createSandbox();
  version = await prepareShipped('telegram-support');
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  telegram = await startTelegram();
  declared = [];
  kept = openShippedRecords();
});
afterEach(async () => {
  await telegram.stop();
  await kept.close();
});

/** Records and links as on a server, and what the gate does with the calls of Protected Code, without its rules. */
async function gate(operation: string, args: readonly unknown[]): Promise<unknown> {
  const answer = kept.call(operation, args);
  if (answer !== undefined) return answer;
  if (operation === 'log_outgoing_data') return void declared.push(args);
  return plainFetch(args);
}

function run(job: Pick<ShippedJob, 'task' | 'handler'> & Partial<ShippedJob>) {
  return runShipped(sandbox, version, {
    secrets: { TELEGRAM_BOT_TOKEN: telegram.token },
    params: { TELEGRAM_API: telegram.url },
    call: gate,
    ...job,
  });
}

const setUp = (more: Partial<ShippedJob> = {}) =>
  run({ task: 'tasks/setup.ts', handler: 'handle_button', ...more });

const ADA = { id: 7, is_bot: false, first_name: 'Ada', last_name: 'Lovelace' };
const CHAT = { id: 7, type: 'private' };

async function receive(update: object, more: Partial<ShippedJob> = {}) {
  telegram.addChat({ id: 7, type: 'private' });
  const input = webhookRequest({ update_id: 1, ...update });
  return run({ task: 'tasks/process-telegram-messages.ts', handler: 'handle_webhook', input, ...more });
}

const message = (text: string, from: object = ADA) => ({
  message: { message_id: 1, date: 1, chat: CHAT, from, text },
});

describe('the set-up button', () => {
  it('registers the webhook for messages and their edits', async () => {
    expect((await setUp()).status).toBe('done');
    expect(
      telegram.requests.map(({ method, parameters }) => [method, Object.fromEntries(parameters)]),
    ).toEqual([
      [
        'setWebhook',
        {
          url: 'https://sluice.example/hook/secret',
          allowed_updates: ['message', 'edited_message'],
        },
      ],
    ]);
  });

  it('declares what it sends', async () => {
    await setUp();
    expect(declared).toEqual([['Telegram setWebhook', expect.stringContaining('edited_message')]]);
  });

  it('says that the token is missing, before anything is sent', async () => {
    const { error } = await setUp({ secrets: {} });
    expect(error?.message).toContain('The secret TELEGRAM_BOT_TOKEN is not set');
    expect(telegram.requests).toEqual([]);
  });

  it('says what Telegram refused, without the token', async () => {
    const token = '1:wrong-token';
    const { error } = await setUp({ secrets: { TELEGRAM_BOT_TOKEN: token } });
    expect(error).toMatchObject({ name: 'Error', message: 'Telegram refused setWebhook: Unauthorized' });
    expect(JSON.stringify(error)).not.toContain(token);
  });

  it('is tried again later when Telegram is busy', async () => {
    telegram.limit(1, 3);
    const { error } = await setUp();
    expect(error).toMatchObject({
      name: 'RetryableJobError',
      message: expect.stringContaining('Too Many Requests'),
    });
  });

  it('is tried again later when Telegram is out of reach, and the token stays out of the error', async () => {
    const { error } = await setUp({
      call: async (operation, args) => {
        if (operation === 'fetch') throw new TypeError(`no route to ${requestOf(args).url}`);
      },
    });
    expect(error?.name).toBe('RetryableJobError');
    expect(error?.message).toContain('Telegram was not reached for setWebhook: no route to');
    expect(JSON.stringify(error)).not.toContain(telegram.token);
  });
});

/** Contacts as they are, the oldest first. */
const contacts = async () =>
  (
    await kept.records.list('res.partner', {
      domain: [],
      fields: ['name', 'ref', 'active'],
      limit: 9,
      after: null,
    })
  ).toReversed();

/** Bodies of the messages on contact 1, the oldest first. */
async function posted(): Promise<readonly unknown[]> {
  const query = { domain: [['res_id', '=', 1]], fields: ['body'], limit: 9, after: null };
  return (await kept.records.list('mail.message', query)).toReversed().map(({ body }) => body);
}

describe('a message', () => {
  it('/start makes the contact and is answered with the welcome, as HTML that Telegram accepts', async () => {
    await receive(message('/start'));
    expect(telegram.messages()).toMatchObject([
      { chat: { id: 7 }, text: 'Hello, Ada Lovelace!\nWrite here what we can do for you.' },
    ]);
    expect(await contacts()).toMatchObject([{ name: 'Telegram: Ada Lovelace', ref: '7@telegram' }]);
    expect(await posted()).toEqual([]);
  });

  it('of any other text is posted on the contact and acknowledged', async () => {
    const { logs, result } = await receive(message('Where is my order?', { ...ADA, username: 'ada' }));
    expect(await contacts()).toMatchObject([{ name: 'Telegram: @ada', ref: '7@telegram' }]);
    expect(await posted()).toEqual(['From Telegram:\n\nWhere is my order?']);
    expect(logs).toEqual(['info: Made contact 1 for @ada']);
    expect(telegram.messages()).toMatchObject([{ text: 'Thank you, @ada. Your message has arrived.' }]);
    expect(result).toEqual({ type: 'value', value: undefined });
  });

  it('is not acknowledged when the param for that is empty', async () => {
    await receive(message('Hi'), {
      params: { TELEGRAM_API: telegram.url, TELEGRAM_RECEIVED_MESSAGE: '' },
    });
    expect(await posted()).toEqual(['From Telegram:\n\nHi']);
    expect(telegram.requests).toEqual([]);
  });

  it('that was edited is posted only', async () => {
    await receive({ edited_message: message('Sorry: my parcel').message });
    expect(await posted()).toEqual(['Contact has updated his message:\n\nSorry: my parcel']);
    expect(telegram.requests).toEqual([]);
  });

  it('finds the contact that is there, archived or renamed', async () => {
    await kept.records.create('res.partner', [{ name: 'Countess', ref: '7@telegram', active: false }]);
    await receive(message('one'));
    await receive(message('two'));
    expect(await contacts()).toMatchObject([{ name: 'Countess', active: false }]);
    expect(await posted()).toEqual(['From Telegram:\n\none', 'From Telegram:\n\ntwo']);
  });

  it('that comes beside the first one of the same person shares its contact', async () => {
    const ids = ['job-1', 'job-2', 'job-3'];
    const jobs = await Promise.all(ids.map((id) => receive(message(id), { id })));
    expect(jobs.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    expect(await contacts()).toHaveLength(1);
  });

  it('of a picture is posted with what is written under it', async () => {
    const { text: _, ...picture } = message('').message;
    await receive({ message: { ...picture, caption: 'my printer' } });
    await receive({ message: picture });
    expect(await posted()).toEqual(['From Telegram:\n\nmy printer', 'From Telegram:\n\n(no text)']);
  });

  it('cannot carry HTML into the messages of the contact', async () => {
    await receive(message('<img src=x onerror=alert(1)>'));
    expect(await posted()).toEqual(['From Telegram:\n\n&lt;img src=x onerror=alert(1)&gt;']);
  });

  it.each([
    ['of a bot', message('/start', { ...ADA, is_bot: true })],
    ['in a group', { message: { ...message('/start').message, chat: { id: -5, type: 'group' } } }],
    ['of a kind that was not asked for', { channel_post: { text: 'a' } }],
  ])('%s is passed over', async (_, update) => {
    expect((await receive(update)).status).toBe('done');
    expect(telegram.requests).toEqual([]);
    expect(await contacts()).toEqual([]);
  });

  it('cannot carry HTML in the name of its sender', async () => {
    await receive(message('/start', { id: 7, first_name: '<a href="https://evil.example">Bank</a>' }));
    expect(Object.fromEntries(telegram.requests[0]?.parameters ?? [])).toMatchObject({
      text: expect.stringContaining('&lt;a href="https://evil.example"&gt;Bank&lt;/a&gt;'),
    });
  });
});

describe('a message on a contact', () => {
  /** Runs the db trigger's handler with these messages, on contact 1 unless they say otherwise. */
  async function respond(...messages: readonly Readonly<Record<string, unknown>>[]) {
    telegram.addChat({ id: 7, type: 'private' });
    const values = messages.map((each) => ({ model: 'res.partner', res_id: 1, ...each }));
    const input = await kept.batch('mail.message', values);
    return { input, ...(await rerun(input)) };
  }
  const rerun = (input: unknown) =>
    run({ task: 'tasks/send-response-via-odoo.ts', handler: 'handle_db', input });

  beforeEach(async () => {
    await kept.records.create('res.partner', [{ name: 'Ada', ref: '7@telegram' }, { name: 'Charles' }]);
  });

  it('with the prefix goes to the Telegram user without it, and a report is posted', async () => {
    const body = '<p>/telegram Hello, <b>Ada</b>!</p><p>1 &lt; 2</p>';
    const { status } = await respond({ body });
    expect(status).toBe('done');
    expect(telegram.requests.map(({ parameters }) => Object.fromEntries(parameters))).toEqual([
      { chat_id: 7, text: 'Hello, <b>Ada</b>!\n1 &lt; 2', parse_mode: 'HTML' },
    ]);
    expect(await posted()).toEqual([body, 'TELEGRAM_MESSAGE_SENT:\n\nHello, *Ada*!\n1 &lt; 2']);
  });

  it.each([
    ['plain text', '/telegram Hello', 'Hello'],
    ['another letter case', '/Telegram Hello', 'Hello'],
    ['a prefix in a line of its own', '<div>/telegram</div><div>Hello</div>', 'Hello'],
    ['a prefix in a link', '<a href="https://x.example/">/telegram Hello</a>', 'Hello'],
  ])('as %s is sent', async (_, body, text) => {
    await respond({ body });
    expect(telegram.messages()).toHaveLength(1);
    expect(telegram.messages()[0]?.text).toContain(text);
    expect(telegram.messages()[0]?.text).not.toContain('telegram');
  });

  it.each([
    ['has the prefix in the middle only', { body: 'From Telegram:\n\n/telegram me' }, []],
    ['has another word', { body: '/telegrams are old' }, []],
    ['is about something else', { body: '/telegram a', model: 'x.order' }, []],
    [
      'is on another contact',
      { body: '/telegram a', res_id: 2 },
      ['warning: Message 1 is not on a contact from Telegram: nothing was sent.'],
    ],
    [
      'is on no contact',
      { body: '/telegram a', res_id: 9 },
      ['warning: Message 1 is not on a contact from Telegram: nothing was sent.'],
    ],
    [
      'is empty',
      { body: '<p>/telegram </p>' },
      ['warning: Message 1 has no text behind /telegram: nothing was sent.'],
    ],
  ])('that %s is not sent', async (_, values, lines) => {
    const { status, logs } = await respond(values);
    expect([status, logs, telegram.requests]).toEqual(['done', lines, []]);
  });

  it('is sent once, though the job is tried again', async () => {
    const { input } = await respond({ body: '/telegram one' }, { body: '/telegram two' });
    expect((await rerun(input)).status).toBe('done');
    expect(telegram.messages().map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('is tried again later when Telegram is busy, from where it stands', async () => {
    telegram.limit(1, 3);
    const { input, error } = await respond({ body: '/telegram one' });
    expect([error?.name, await posted()]).toEqual(['RetryableJobError', ['/telegram one']]);
    await rerun(input);
    expect(await posted()).toEqual(['/telegram one', 'TELEGRAM_MESSAGE_SENT:\n\none']);
  });
});

describe('HTML for Telegram', () => {
  const CASES = [
    ['plain text', 'a & b < c', 'a &amp; b &lt; c'],
    [
      'known tags',
      '<b>a</b> <I>b</I> <u>c</u> <s>d</s> <code>e</code> <pre>f</pre>',
      '<b>a</b> <i>b</i> <u>c</u> <s>d</s> <code>e</code> <pre>f</pre>',
    ],
    [
      'their other names',
      '<strong>a</strong><em>b</em><del>c</del><ins>d</ins>',
      '<b>a</b><i>b</i><s>c</s><u>d</u>',
    ],
    ['attributes', '<b class="x" onclick="y">a</b>', '<b>a</b>'],
    [
      'links',
      '<a href="https://example.com/?a=1&b=2" target="_blank">a</a>',
      '<a href="https://example.com/?a=1&amp;b=2">a</a>',
    ],
    ['links elsewhere', '<a href="javascript:alert(1)">a</a>', 'a'],
    ['links without target', '<a name="x">a</a>', 'a'],
    ['unknown tags', '<span>a</span><img src="x">b', 'ab'],
    ['paragraphs', '<div><p>a</p><p>b<br>c</p></div>', 'a\nb\nc'],
    ['code of pages', '<style>b{}</style>a<script>if (a < b) {}</script><!-- c -->d', 'ad'],
    ['code that never ends', 'a<script>b', 'a'],
    ['entities', '&lt;&amp;&quot;&nbsp;&eacute;&#233;', '&lt;&amp;&quot; &amp;eacute;&#233;'],
    ['tags left open', '<b>a<i>b', '<b>a<i>b</i></b>'],
    ['tags closed across', '<b>a<i>b</b>c</i>', '<b>a<i>b</i></b>c'],
    ['tags closed twice', 'a</b></i>', 'a'],
    [
      'an attribute that breaks out',
      '<a href="https://a.example/&quot;<b>">x</a>',
      '&lt;a href="https://a.example/&quot;<b>"&gt;x</b>',
    ],
  ] as const;

  let results: readonly unknown[];
  beforeAll(async () => {
    const { 'common.ts': common = '' } = version.files;
    const code = 'function handle_button(list) { return list.map(telegramHtml); }';
    const program = await compiled({ 'common.ts': common, 'tasks/setup.ts': code });
    const input = [...CASES.map(([, html]) => html), `${'<b>'.repeat(20_000)}${'<'.repeat(200_000)}`];
    const done = await runShipped(
      sandbox,
      { ...version, program },
      { task: 'tasks/setup.ts', handler: 'handle_button', input },
    );
    results = done.result as readonly unknown[];
  });

  it.each(CASES.map(([what, , text], index) => [what, index, text] as const))(
    'has %s reduced',
    (_, index, text) => {
      expect(results[index]).toBe(text);
    },
  );

  it('comes out of any length of nonsense in time', () => {
    expect(results).toHaveLength(CASES.length + 1);
  });
});
