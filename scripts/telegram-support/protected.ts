// A small client of the Bot API. The token is part of every URL, so nothing but this file may build one,
// and no error that leaves this file may carry one.

export const telegram = {
  /** From now on Telegram sends updates to this URL. */
  setWebhook(url: string, options: { allowed_updates?: readonly string[] } = {}): Promise<unknown> {
    return _call('setWebhook', { url, ...options });
  },

  /** `text` is HTML with the tags that Telegram accepts: see `telegramHtml` in common.ts. Resolves with what was sent. */
  sendMessage(chat: number | string, text: string): Promise<{ readonly message_id: number }> {
    return _call('sendMessage', { chat_id: chat, text, parse_mode: 'HTML' });
  },
};

interface Answer {
  readonly ok?: boolean;
  readonly result?: unknown;
  readonly description?: string;
}

async function _call<Result>(method: string, parameters: Record<string, unknown>): Promise<Result> {
  const body = json.dumps(parameters);
  await log_outgoing_data(`Telegram ${method}`, body);
  const response = await _post(method, body);
  const answer = await _read(response);
  if (response.ok && answer.ok) return answer.result as Result;
  const message = `Telegram refused ${method}: ${answer.description ?? `status ${response.status}`}`;
  // Too many requests, or trouble on their side: worth another attempt. Everything else stays wrong.
  if (response.status === 429 || response.status >= 500) throw new RetryableJobError(message);
  throw new Error(message);
}

async function _post(method: string, body: string): Promise<Response> {
  const token = secrets.TELEGRAM_BOT_TOKEN ?? '';
  if (!/^\d+:[\w-]+$/.test(token)) {
    throw new Error('The secret TELEGRAM_BOT_TOKEN is not set, or is not a token as @BotFather gives it.');
  }
  try {
    return await fetch(`${params.TELEGRAM_API}/bot${token}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(token, '<token>') : 'no answer';
    throw new RetryableJobError(`Telegram was not reached for ${method}: ${reason}`);
  }
}

/** Empty when it is not JSON, as the page of a proxy in between. */
async function _read(response: Response): Promise<Answer> {
  try {
    return ((await response.json()) as Answer | null) ?? {};
  } catch {
    return {};
  }
}
