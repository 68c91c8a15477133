import { eitherEnds } from './either-ends.ts';
import type { SharedTokens } from './shared-tokens.ts';

/** An access token, and until when it is used. */
export interface Token {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Which value of a secret it was got for; it is used for that one only. */
  readonly of?: string;
}

/** Which token is wanted, and how it is got. */
export interface Wanted {
  readonly projectId: string;
  /** Tells apart all tokens of all projects. */
  readonly key: string;
  /** Of what has this lane only one is fetched at a time; the key unless given. */
  readonly lane?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of the job that waits. */
  readonly signal: AbortSignal;
  /** The value of the secret that the token has to be for. */
  of?(): Promise<string | undefined>;
  fetchToken(): Promise<Token>;
}

const MOST_TOKENS = 1000;

/**
 * Access tokens in the memory of the gate, shared by all jobs. While one of them fetches a token, the others that need it
 * wait for it; when that fails they try for themselves, for it may have failed because that job ended. Where there are `shared` ones, other
 * processes are asked first.
 */
export class Tokens {
  /** By key, the one used last at the end. */
  readonly #tokens = new Map<string, Token>();
  /** By lane. */
  readonly #underWay = new Map<string, Promise<Token>>();
  /** Texts of tokens that another process may still offer, the one that was refused last at the end. */
  readonly #refused = new Set<string>();
  readonly #shared: SharedTokens | undefined;

  constructor(shared?: SharedTokens) {
    this.#shared = shared;
  }

  /**
   * The token of this key, fetched unless there is one that can be used now. Rejects with what `fetchToken` rejects with,
   * and with the reason of the signal, which does not end what `fetchToken` has begun.
   */
  async get(wanted: Wanted): Promise<string> {
    const { lane = wanted.key, signal } = wanted;
    for (;;) {
      signal.throwIfAborted();
      const known = this.#tokens.get(wanted.key);
      if (known !== undefined && (await isUsable(known, wanted))) {
        this.#keep(wanted.key, known);
        return known.text;
      }
      const underWay = this.#underWay.get(lane);
      if (underWay === undefined) {
        const fetching = this.#fetch(lane, wanted);
        await eitherEnds(fetching, signal);
        signal.throwIfAborted();
        return (await fetching).text;
      }
      await eitherEnds(underWay, signal);
    }
  }

  /** Its server does not take it any more: the next request fetches another one. */
  forget(text: string): void {
    for (const [key, token] of this.#tokens) if (token.text === text) this.#tokens.delete(key);
    if (this.#shared === undefined) return;
    this.#refused.add(text);
    dropOldest(this.#refused);
  }

  /** Resolves when nothing is being fetched. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  #fetch(lane: string, wanted: Wanted): Promise<Token> {
    const fetching = this.#fetchUnlessThere(wanted).finally(() => this.#underWay.delete(lane));
    this.#underWay.set(lane, fetching);
    return fetching;
  }

  /** Looks again first: the token may have come since. */
  async #fetchUnlessThere(wanted: Wanted): Promise<Token> {
    const known = this.#tokens.get(wanted.key);
    const isThere = known !== undefined && (await isUsable(known, wanted));
    const token = isThere ? known : await this.#fetchShared(wanted);
    this.#keep(wanted.key, token);
    return token;
  }

  #fetchShared(wanted: Wanted): Promise<Token> {
    if (this.#shared === undefined) return wanted.fetchToken();
    const isUsableHere = async (token: Token) =>
      !this.#refused.has(token.text) && (await isUsable(token, wanted));
    return this.#shared.get({ ...wanted, isUsable: isUsableHere });
  }

  #keep(key: string, token: Token): void {
    this.#tokens.delete(key);
    this.#tokens.set(key, token);
    dropOldest(this.#tokens);
  }
}

function dropOldest(held: Map<string, unknown> | Set<string>): void {
  const [oldest] = held.keys();
  if (held.size > MOST_TOKENS && oldest !== undefined) held.delete(oldest);
}

async function isUsable(token: Token, { now, of }: Wanted): Promise<boolean> {
  return token.until > now() && (of === undefined || token.of === (await of()));
}
