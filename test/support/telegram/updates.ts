/** An update before the server numbers it: one member named after its type (`message`, `callback_query`, ...). */
export type NewUpdate = Readonly<Record<string, unknown>>;
export type Update = NewUpdate & { readonly update_id: number };

export interface Person {
  readonly id: number;
  readonly first_name: string;
  readonly username?: string;
}

/** Sent only to those who ask for them by name in `allowed_updates`. */
const ON_REQUEST = ['chat_member', 'message_reaction', 'message_reaction_count'];

export const typeOf = (update: NewUpdate): string =>
  Object.keys(update).find((key) => key !== 'update_id') ?? '';

/** `allowed`: null or empty means the default, all types but those that must be asked for. */
export function isAllowed(update: NewUpdate, allowed: readonly string[] | null): boolean {
  if (allowed === null || allowed.length === 0) return !ON_REQUEST.includes(typeOf(update));
  return allowed.includes(typeOf(update));
}

/** A text written to the bot in a private chat; a leading command is marked as one. */
export function textMessage(from: Person, text: string, messageId = 1): NewUpdate {
  const command = /^\/\w+/.exec(text)?.[0];
  return {
    message: {
      message_id: messageId,
      from: { ...from, is_bot: false, language_code: 'en' },
      chat: { ...from, type: 'private' },
      date: Math.floor(Date.now() / 1000),
      text,
      ...(command && { entities: [{ type: 'bot_command', offset: 0, length: command.length }] }),
    },
  };
}

/** The chat a message was written in; undefined for updates without one. */
export function chatOf(update: NewUpdate): Chat | undefined {
  const message = update.message as { chat?: Chat } | undefined;
  return message?.chat;
}

export interface Chat {
  readonly id: number;
  readonly type: string;
}
