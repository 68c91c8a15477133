// Telegram calls this webhook for each message. When it fails, Telegram sends the same update again later.

import type { TelegramMessage } from '../common.ts';

interface Update {
  readonly message?: TelegramMessage;
  readonly edited_message?: TelegramMessage;
}

async function handle_webhook(httprequest: HttpRequest) {
  const update = httprequest.json() as Update;
  const message = update.message ?? update.edited_message;
  // Groups and other bots are not customers.
  if (!message?.from || message.from.is_bot || message.chat.type !== 'private') return;

  const name = telegramName(message.from);
  const text = message.text ?? '(no text)';
  if (update.edited_message) {
    log(`${name} has updated the message:\n\n${text}`);
    return;
  }
  log(`From Telegram, ${name}:\n\n${text}`);
  const answer = /^\/start\b/.test(text) ? params.TELEGRAM_WELCOME_MESSAGE : params.TELEGRAM_RECEIVED_MESSAGE;
  await telegram.sendMessage(message.chat.id, telegramHtml(fill(answer, { name })));
}
