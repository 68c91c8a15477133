import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Api, Bot, GrammyError, InputFile, webhookCallback } from 'grammy';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTelegram, type TelegramServer } from './telegram-server.ts';
import { textMessage } from './updates.ts';

const ADA = { id: 7001, first_name: 'Ada', username: 'ada' };

let telegram: TelegramServer;
let api: Api;
const open: Server[] = [];

beforeEach(async () => {
  telegram = await startTelegram();
  api = new Api(telegram.token, { apiRoot: telegram.url });
});

afterEach(async () => {
  await telegram.stop();
  for (const server of open.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** Serves `listener` on loopback and returns its URL. */
async function listen(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

/** A bot of the library behind a real webhook that answers `/start`. */
async function startBot(secretToken: string): Promise<string> {
  const bot = new Bot(telegram.token, { client: { apiRoot: telegram.url } });
  bot.command('start', (context) => context.reply(`Welcome, ${context.from?.first_name}!`));
  return listen(webhookCallback(bot, 'http', { secretToken }));
}

async function refusal(call: Promise<unknown>): Promise<GrammyError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof GrammyError) return error;
  throw new Error(`expected a GrammyError, got ${error}`);
}

describe('methods, called by a real client library', () => {
  it('answers getMe with the bot', async () => {
    expect(await api.getMe()).toMatchObject({ id: 110201543, is_bot: true, username: 'sluice_test_bot' });
  });

  it('sends a message to a chat that has written to the bot', async () => {
    await telegram.deliver(textMessage(ADA, 'hello'));
    const sent = await api.sendMessage(ADA.id, 'Good morning');
    expect(sent).toMatchObject({ text: 'Good morning', chat: { id: ADA.id, type: 'private' } });
    expect(telegram.messages()).toEqual([sent]);
  });

  it('records each call with its parameters', async () => {
    telegram.addChat({ id: -100, type: 'group' });
    await api.sendMessage(-100, '<b>hi</b>', { parse_mode: 'HTML' });
    const [call] = telegram.requests;
    expect(call?.method).toBe('sendMessage');
    expect(Object.fromEntries(call?.parameters ?? [])).toEqual({
      chat_id: -100,
      text: '<b>hi</b>',
      parse_mode: 'HTML',
    });
  });

  it('hands out updates by long polling until they are confirmed', async () => {
    const waiting = api.getUpdates({ timeout: 20 });
    await vi.waitFor(() => expect(telegram.requests).toHaveLength(1));
    await telegram.deliver(textMessage(ADA, 'one'));
    const [first] = await waiting;
    expect(first?.message?.text).toBe('one');
    expect(await api.getUpdates()).toHaveLength(1);
    expect(await api.getUpdates({ offset: (first?.update_id ?? 0) + 1 })).toEqual([]);
  });

  it('takes parameters from the query, a form and a multipart body', async () => {
    telegram.addChat({ id: 5, type: 'private' });
    const url = `${telegram.url}/bot${telegram.token}/sendMessage`;
    const form = new FormData();
    form.set('chat_id', '5');
    form.set('text', 'multipart');
    await fetch(`${url}?chat_id=5&text=query`);
    await fetch(url, { method: 'POST', body: new URLSearchParams({ chat_id: '5', text: 'form' }) });
    await fetch(url, { method: 'POST', body: form });
    expect(telegram.messages().map(({ text }) => text)).toEqual(['query', 'form', 'multipart']);
  });
});

describe('refusals', () => {
  it('refuses an unknown token with 401', async () => {
    const error = await refusal(new Api('1:wrong', { apiRoot: telegram.url }).getMe());
    expect([error.error_code, error.description]).toEqual([401, 'Unauthorized']);
  });

  it('refuses an unknown method with 404', async () => {
    const response = await fetch(`${telegram.url}/bot${telegram.token}/paintMessage`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      ok: false,
      error_code: 404,
      description: 'Not Found: method not found',
    });
  });

  it('refuses a message to a chat the bot does not know', async () => {
    const error = await refusal(api.sendMessage(12, 'hello?'));
    expect([error.error_code, error.description]).toEqual([400, 'Bad Request: chat not found']);
  });

  it('refuses an empty and a too long text', async () => {
    telegram.addChat({ id: 5, type: 'private' });
    expect((await refusal(api.sendMessage(5, ' '))).description).toBe('Bad Request: message text is empty');
    expect((await refusal(api.sendMessage(5, 'x'.repeat(4097)))).description).toBe(
      'Bad Request: message is too long',
    );
  });

  it('asks to slow down for as many calls as it was told', async () => {
    telegram.limit(1, 3);
    const error = await refusal(api.getMe());
    expect([error.error_code, error.parameters.retry_after]).toEqual([429, 3]);
    expect(await api.getMe()).toMatchObject({ is_bot: true });
  });

  it('refuses polling while a webhook is set', async () => {
    await api.setWebhook(await listen(() => {}));
    expect((await refusal(api.getUpdates())).error_code).toBe(409);
  });

  it('refuses a webhook address that is not HTTP and a secret it cannot put in a header', async () => {
    expect((await refusal(api.setWebhook('ftp://example.org/'))).error_code).toBe(400);
    const wrong = await refusal(api.setWebhook('http://127.0.0.1/', { secret_token: 'a b' }));
    expect(wrong.description).toBe('Bad Request: secret token contains unallowed characters');
  });
});

describe('webhooks', () => {
  it('delivers an update to the library, which answers through sendMessage', async () => {
    await api.setWebhook(await startBot('s3cret'), { secret_token: 's3cret' });
    const answer = await telegram.deliver(textMessage(ADA, '/start'));
    expect(answer?.status).toBe(200);
    expect(telegram.messages()).toMatchObject([{ chat: { id: ADA.id }, text: 'Welcome, Ada!' }]);
  });

  it('is refused by the library when the secret token is not the one agreed on', async () => {
    await api.setWebhook(await startBot('s3cret'), { secret_token: 'another' });
    const answer = await telegram.deliver(textMessage(ADA, '/start'));
    expect(answer?.status).toBe(401);
    const info = await api.getWebhookInfo();
    expect(info.last_error_message).toBe('Wrong response from the webhook: 401 Unauthorized');
    expect(info.pending_update_count).toBe(1);
  });

  it('makes the call that a webhook answers with', async () => {
    const hook = await listen((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method: 'sendMessage', chat_id: ADA.id, text: 'from the answer' }));
    });
    await api.setWebhook(hook);
    await telegram.deliver(textMessage(ADA, 'hi'));
    expect(telegram.messages()).toMatchObject([{ text: 'from the answer' }]);
  });

  it('delivers only the types of update that were asked for', async () => {
    const seen: string[] = [];
    const hook = await listen(async (request, response) => {
      for await (const chunk of request) seen.push(Object.keys(JSON.parse(String(chunk)))[0] ?? '');
      response.end();
    });
    await api.setWebhook(hook, { allowed_updates: ['callback_query'] });
    expect(await telegram.deliver(textMessage(ADA, 'unwanted'))).toBeNull();
    await telegram.deliver({ callback_query: { id: '1', from: ADA, data: 'yes' } });
    expect(seen).toEqual(['callback_query']);
  });

  it('keeps what it was told about the webhook until it is deleted', async () => {
    const certificate = new InputFile(Buffer.from('a certificate'), 'cert.pem');
    await api.setWebhook('http://127.0.0.1:9/hook', { certificate, max_connections: 2 });
    expect(await api.getWebhookInfo()).toMatchObject({
      url: 'http://127.0.0.1:9/hook',
      has_custom_certificate: true,
      max_connections: 2,
    });
    await api.deleteWebhook();
    expect((await api.getWebhookInfo()).url).toBe('');
  });
});
