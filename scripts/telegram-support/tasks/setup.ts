// Press the button once the token is set, and again whenever the address of the webhook has changed.

async function handle_button() {
  await telegram.setWebhook(webhooks.TELEGRAM, { allowed_updates: ['message', 'edited_message'] });
  log('Telegram sends its messages here from now on.');
}
