import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bot, type SentMessage } from './bot.ts';
import { BotApiError } from './bot-api-error.ts';
import { deliverUpdate, type WebhookAnswer } from './delivery.ts';
import { findMethod, type MethodAnswer } from './methods.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { type Chat, chatOf, isAllowed, type NewUpdate } from './updates.ts';

/** One call of the Bot API, as it came in. */
export interface RecordedRequest {
  readonly path: string;
  readonly token: string;
  readonly method: string;
  readonly parameters: Parameters;
  readonly headers: IncomingMessage['headers'];
}

/** A Bot API server with one bot, on loopback, and the handles by which a test plays Telegram. */
export interface TelegramServer {
  /** What goes before `/bot<token>/METHOD`. */
  readonly url: string;
  readonly token: string;
  /** Every call, in order, refused ones too. */
  readonly requests: readonly RecordedRequest[];
  /** What the bot sent, in order. */
  messages(): readonly SentMessage[];
  /** Lets the bot write to this chat; writing to the bot does the same. */
  addChat(chat: Chat): void;
  /** The next `calls` calls are answered 429 with this many seconds. */
  limit(calls: number, retryAfterSeconds: number): void;
  /**
   * Plays an update: posts it to the webhook and returns the answer; without a webhook keeps it for `getUpdates`. Null when
   * nothing was posted. An update whose webhook fails stays pending.
   */
  deliver(update: NewUpdate): Promise<WebhookAnswer | null>;
  stop(): Promise<void>;
}

const TEST_TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';

export async function startTelegram(options: { readonly token?: string } = {}): Promise<TelegramServer> {
  const bot = new Bot(options.token ?? TEST_TOKEN, 'sluice_test_bot');
  const requests: RecordedRequest[] = [];
  let limited = { calls: 0, retryAfter: 0 };
  let lastUpdateId = 5000;

  function checkLimit(): void {
    if (limited.calls === 0) return;
    limited.calls -= 1;
    const { retryAfter } = limited;
    throw new BotApiError(429, `Too Many Requests: retry after ${retryAfter}`, { retry_after: retryAfter });
  }

  async function answer(request: IncomingMessage, signal: AbortSignal): Promise<MethodAnswer> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, token = '', method = ''] =
      /^\/bot([^/]+)\/([^/]+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    const contentType = request.headers['content-type'] ?? '';
    const parameters = await readParameters(url.searchParams, contentType, await readBody(request));
    requests.push({ path: url.pathname, token, method, parameters, headers: request.headers });
    if (!/^\d+:/.test(token)) throw new BotApiError(404, 'Not Found');
    if (token !== bot.token) throw new BotApiError(401, 'Unauthorized');
    const handler = findMethod(method);
    if (handler === undefined) throw new BotApiError(404, 'Not Found: method not found');
    checkLimit();
    return handler(bot, parameters, signal);
  }

  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    answer(request, gone.signal).then(
      (result) => send(response, 200, { ok: true, ...result }),
      (error: unknown) => sendError(response, error),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: bot.token,
    requests,
    messages: () => bot.sent,
    addChat: (chat) => bot.chats.set(chat.id, chat),
    limit: (calls, retryAfter) => {
      limited = { calls, retryAfter };
    },
    deliver: async (update) => {
      const chat = chatOf(update);
      if (chat) bot.chats.set(chat.id, chat);
      if (!isAllowed(update, bot.allowedUpdates)) return null;
      lastUpdateId += 1;
      const numbered = { ...update, update_id: lastUpdateId };
      bot.keep(numbered);
      return bot.webhook ? deliverUpdate(bot, bot.webhook, numbered) : null;
    },
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendError(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof BotApiError ? error : new BotApiError(500, `Internal Server Error: ${error}`);
  const { code, message, parameters } = known;
  const retry = parameters?.retry_after;
  if (retry !== undefined) response.setHeader('retry-after', retry);
  send(response, code, {
    ok: false,
    error_code: code,
    description: message,
    ...(parameters && { parameters }),
  });
}
