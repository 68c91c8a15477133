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
  const partner = await partnerOf(message.from.id, name);
  const text = message.text ?? message.caption ?? '(no text)';
  if (update.edited_message) {
    await partner.message_post({ body: escapeHtml(`Contact has updated his message:\n\n${text}`) });
    return;
  }
  const isStart = /^\/start\b/.test(text);
  if (!isStart) await partner.message_post({ body: escapeHtml(`From Telegram:\n\n${text}`) });
  const answer = isStart ? params.TELEGRAM_WELCOME_MESSAGE : params.TELEGRAM_RECEIVED_MESSAGE;
  if (answer) await telegram.sendMessage(message.chat.id, telegramHtml(fill(answer, { name })));
}

/** The contact of this Telegram user, made when it is not there, found also when it is archived. */
async function partnerOf(userId: number, name: string): Promise<RecordSet> {
  const ref = partnerReference(userId);
  const find = () =>
    env['res.partner'].search(
      [
        ['ref', '=', ref],
        ['active', 'in', [true, false]],
      ],
      { fields: ['name'], order: 'id', limit: 1 },
    );
  const found = await find();
  if (found.length > 0) return found;
  const made = await env['res.partner'].create({ ref, name: params.PARTNER_NAME_PREFIX + name });
  // Two first messages can come at the same moment: the contact that was made first is the one.
  const first = await find();
  if (!first.equals(made)) await made.unlink();
  else log(`Made contact ${made.id} for ${name}`);
  return first;
}
