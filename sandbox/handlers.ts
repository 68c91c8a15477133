/** The function of a task that a trigger of each type calls. */
export const HANDLER_OF = Object.freeze({
  webhook: 'handle_webhook',
  button: 'handle_button',
  cron: 'handle_cron',
  db: 'handle_db',
});
