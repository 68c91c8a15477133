import type { Bot, Webhook } from './bot.ts';
import { findMethod } from './methods.ts';
import type { Update } from './updates.ts';

/** What the webhook's server answered. */
export interface WebhookAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Posts an update to the bot's webhook, forgets it once taken, and makes the call the answer may hold. An update that
 * is refused stays pending and shows in `getWebhookInfo`.
 */
export async function deliverUpdate(bot: Bot, webhook: Webhook, update: Update): Promise<WebhookAnswer> {
  const answer = await postUpdate(webhook, update).catch((error: Error) => {
    noteError(bot, error.message);
    throw error;
  });
  if (answer.status < 200 || answer.status > 299) {
    noteError(bot, `Wrong response from the webhook: ${answer.status} ${answer.statusText}`);
    return answer;
  }
  bot.confirm(update.update_id);
  await callInAnswer(bot, answer);
  return answer;
}

function noteError(bot: Bot, message: string): void {
  bot.lastError = { date: Math.floor(Date.now() / 1000), message };
}

/** Posts one update as the Bot API does: JSON, the secret in its header, redirects not followed. */
async function postUpdate(webhook: Webhook, update: Update): Promise<WebhookAnswer> {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (webhook.secretToken !== '') headers.set('x-telegram-bot-api-secret-token', webhook.secretToken);
  const response = await fetch(webhook.url, {
    method: 'POST',
    headers,
    body: JSON.stringify(update),
    redirect: 'manual',
    signal: AbortSignal.timeout(60_000),
  });
  const { status, statusText } = response;
  return { status, statusText, headers: response.headers, body: await response.text() };
}

/** A webhook may answer with a call to be made: `{"method": "sendMessage", ...}`. Nobody learns how it ended. */
async function callInAnswer(bot: Bot, answer: WebhookAnswer): Promise<void> {
  if (!answer.headers.get('content-type')?.startsWith('application/json')) return;
  const call: unknown = parse(answer.body);
  if (typeof call !== 'object' || call === null || !('method' in call)) return;
  const parameters = new Map<string, unknown>(Object.entries(call));
  try {
    await findMethod(String(call.method))?.(bot, parameters, AbortSignal.timeout(1000));
  } catch {
    // The Bot API does not tell the webhook either.
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
