import type { Bot } from './bot.ts';
import { BotApiError } from './bot-api-error.ts';
import { booleanOf, fileOf, integerOf, type Parameters, structureOf, textOf } from './parameters.ts';
import type { Update } from './updates.ts';

/** What a method answers: `result`, and the `description` some of them give on success. */
export interface MethodAnswer {
  readonly result: unknown;
  readonly description?: string;
}

type Method = (bot: Bot, parameters: Parameters, signal: AbortSignal) => MethodAnswer | Promise<MethodAnswer>;

/** Names are the same in upper and lower case. `signal` is aborted when the caller goes away. */
export function findMethod(name: string): Method | undefined {
  return METHODS.get(name.toLowerCase());
}

function getMe(bot: Bot): MethodAnswer {
  return {
    result: {
      id: bot.id,
      is_bot: true,
      first_name: 'Test bot',
      username: bot.username,
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
    },
  };
}

/** Like a server started with `--local`, it takes plain HTTP webhooks on any address and port. */
function setWebhook(bot: Bot, parameters: Parameters): MethodAnswer {
  const url = textOf(parameters, 'url');
  if (url === '') return deleteWebhook(bot, parameters);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new BotApiError(400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook');
  }
  if (booleanOf(parameters, 'drop_pending_updates')) bot.forgetPending();
  const before = bot.webhook;
  const secretToken = secretTokenOf(parameters);
  bot.allowedUpdates = allowedUpdatesOf(parameters) ?? bot.allowedUpdates;
  bot.lastError = undefined;
  bot.webhook = {
    url,
    secretToken,
    maxConnections: integerOf(parameters, 'max_connections', 40),
    allowedUpdates: bot.allowedUpdates,
    hasCustomCertificate: fileOf(parameters, 'certificate') !== undefined,
  };
  const same = before?.url === url && before.secretToken === secretToken;
  return { result: true, description: same ? 'Webhook is already set' : 'Webhook was set' };
}

function secretTokenOf(parameters: Parameters): string {
  const token = textOf(parameters, 'secret_token');
  if (token.length > 256) throw new BotApiError(400, 'Bad Request: secret token is too long');
  if (/^[\w-]*$/.test(token)) return token;
  throw new BotApiError(400, 'Bad Request: secret token contains unallowed characters');
}

function allowedUpdatesOf(parameters: Parameters): readonly string[] | null {
  const value = structureOf(parameters, 'allowed_updates');
  if (value === undefined) return null;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new BotApiError(400, "Bad Request: can't parse allowed updates JSON object");
}

function deleteWebhook(bot: Bot, parameters: Parameters): MethodAnswer {
  if (booleanOf(parameters, 'drop_pending_updates')) bot.forgetPending();
  const description = bot.webhook ? 'Webhook was deleted' : 'Webhook is already deleted';
  bot.webhook = undefined;
  return { result: true, description };
}

function getWebhookInfo(bot: Bot): MethodAnswer {
  const { webhook, lastError } = bot;
  return {
    result: {
      url: webhook?.url ?? '',
      has_custom_certificate: webhook?.hasCustomCertificate ?? false,
      pending_update_count: bot.pending.length,
      ...(webhook && { max_connections: webhook.maxConnections }),
      ...(lastError && { last_error_date: lastError.date, last_error_message: lastError.message }),
      ...(bot.allowedUpdates && { allowed_updates: bot.allowedUpdates }),
    },
  };
}

async function getUpdates(bot: Bot, parameters: Parameters, signal: AbortSignal): Promise<MethodAnswer> {
  if (bot.webhook) {
    throw new BotApiError(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  }
  bot.allowedUpdates = allowedUpdatesOf(parameters) ?? bot.allowedUpdates;
  bot.confirmBefore(integerOf(parameters, 'offset', 0));
  const limit = Math.min(Math.max(integerOf(parameters, 'limit', 100), 1), 100);
  const seconds = Math.min(Math.max(integerOf(parameters, 'timeout', 0), 0), 50);
  if (bot.pending.length === 0 && seconds > 0) await nextUpdate(bot, seconds, signal);
  const updates: readonly Update[] = bot.pending.slice(0, limit);
  return { result: updates };
}

async function nextUpdate(bot: Bot, seconds: number, signal: AbortSignal): Promise<void> {
  if ((await bot.waitForUpdate(seconds, signal)) !== 'replaced') return;
  throw new BotApiError(
    409,
    'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  );
}

/** `parse_mode` is kept with the request and not interpreted: the text comes back as it was sent. */
function sendMessage(bot: Bot, parameters: Parameters): MethodAnswer {
  const chatId = textOf(parameters, 'chat_id');
  if (chatId === '') throw new BotApiError(400, 'Bad Request: chat_id is empty');
  const text = textOf(parameters, 'text');
  if (text.trim() === '') throw new BotApiError(400, 'Bad Request: message text is empty');
  if (text.length > 4096) throw new BotApiError(400, 'Bad Request: message is too long');
  const chat = bot.chats.get(Number(chatId));
  if (chat === undefined) throw new BotApiError(400, 'Bad Request: chat not found');
  const markup = structureOf(parameters, 'reply_markup') as { inline_keyboard?: unknown } | undefined;
  const message = {
    message_id: bot.sent.length + 1001,
    from: { id: bot.id, is_bot: true, first_name: 'Test bot', username: bot.username },
    chat,
    date: Math.floor(Date.now() / 1000),
    text,
    ...(markup?.inline_keyboard !== undefined && { reply_markup: markup }),
  };
  bot.sent.push(message);
  return { result: message };
}

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['getme', getMe],
  ['setwebhook', setWebhook],
  ['deletewebhook', deleteWebhook],
  ['getwebhookinfo', getWebhookInfo],
  ['getupdates', getUpdates],
  ['sendmessage', sendMessage],
]);
