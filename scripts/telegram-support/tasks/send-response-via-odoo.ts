// A message on a contact that begins with /telegram goes to the Telegram user that the contact is.

const PREFIX = /^\/telegram\b\s*/i;
/** Says which messages were sent: a retry sends none of them again. */
const SENT = 'telegram_message';

async function handle_db(messages: RecordSet) {
  for (const message of messages) await sendResponse(message);
}

async function sendResponse(message: RecordSet): Promise<void> {
  const plain = html2plaintext(message.body ?? '');
  if (message.model !== 'res.partner' || !PREFIX.test(plain)) return;
  const partner = await env['res.partner'].search(
    [
      ['id', '=', message.res_id],
      ['active', 'in', [true, false]],
    ],
    { fields: ['ref'] },
  );
  const chat = partner.length > 0 ? chatOfReference(partner.ref) : undefined;
  if (chat === undefined) {
    log(`Message ${message.id} is not on a contact from Telegram: nothing was sent.`, LOG_WARNING);
    return;
  }
  if ((await message.search_links(SENT)).length > 0) return;

  const text = plain.replace(PREFIX, '');
  if (text === '') {
    log(`Message ${message.id} has no text behind /telegram: nothing was sent.`, LOG_WARNING);
    return;
  }
  const sent = await telegram.sendMessage(chat, withoutPrefix(telegramHtml(message.body)));
  await message.set_link(SENT, `${chat}/${sent.message_id}`);
  await partner.message_post({ body: escapeHtml(`TELEGRAM_MESSAGE_SENT:\n\n${text}`) });
}

/** The prefix may stand behind opening tags, which stay. */
function withoutPrefix(html: string): string {
  return html.replace(/^((?:<[^>]*>)*)\/telegram\b\s*/i, '$1');
}
