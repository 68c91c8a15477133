import type { Chat, Update } from './updates.ts';

export interface Webhook {
  readonly url: string;
  readonly secretToken: string;
  readonly maxConnections: number;
  /** Null: never given. */
  readonly allowedUpdates: readonly string[] | null;
  readonly hasCustomCertificate: boolean;
}

/** A message the bot sent, as the Bot API returns it. */
export interface SentMessage {
  readonly message_id: number;
  readonly chat: Chat;
  readonly text: string;
  readonly [key: string]: unknown;
}

/** All that the server knows about its one bot. */
export class Bot {
  readonly token: string;
  readonly id: number;
  readonly username: string;
  /** Chats the bot may write to. */
  readonly chats = new Map<number, Chat>();
  readonly sent: SentMessage[] = [];
  webhook: Webhook | undefined;
  lastError: { readonly date: number; readonly message: string } | undefined;
  allowedUpdates: readonly string[] | null = null;
  #pending: Update[] = [];
  #wake: ((value: 'update' | 'replaced') => void) | undefined;

  constructor(token: string, username: string) {
    this.token = token;
    this.id = Number(token.split(':')[0]);
    this.username = username;
  }

  get pending(): readonly Update[] {
    return this.#pending;
  }

  /** Keeps an update until it is confirmed. */
  keep(update: Update): void {
    this.#pending.push(update);
    this.#wake?.('update');
  }

  /** Forgets updates up to and without `offset`; a negative one keeps only that many of the newest. */
  confirmBefore(offset: number): void {
    if (offset < 0) this.#pending = this.#pending.slice(offset);
    else this.#pending = this.#pending.filter((update) => update.update_id >= offset);
  }

  /** Forgets one update, because its webhook took it. */
  confirm(updateId: number): void {
    this.#pending = this.#pending.filter((update) => update.update_id !== updateId);
  }

  forgetPending(): void {
    this.#pending = [];
  }

  /** Waits for the next update, `seconds` at most; a second waiter replaces the first. */
  async waitForUpdate(seconds: number, signal: AbortSignal): Promise<'update' | 'replaced' | 'nothing'> {
    this.#wake?.('replaced');
    const { promise, resolve } = Promise.withResolvers<'update' | 'replaced' | 'nothing'>();
    const giveUp = () => resolve('nothing');
    const timer = setTimeout(giveUp, seconds * 1000);
    signal.addEventListener('abort', giveUp, { once: true });
    this.#wake = resolve;
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      if (this.#wake === resolve) this.#wake = undefined;
    }
  }
}
