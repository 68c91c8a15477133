/** An access token, and until when it is used. */
export interface Token {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const MOST_TOKENS = 1000;

/**
 * Access tokens in the memory of the gate, shared by all jobs. While one of them fetches a token, the others that need it
 * wait for it; when that fails they try for themselves, for it may have failed because that job ended.
 */
export class Tokens {
  /** By key, the one used last at the end. */
  readonly #tokens = new Map<string, Token>();
  readonly #underWay = new Map<string, Promise<Token>>();

  /**
   * The token of this key, fetched unless there is one that can be used at `now`. Rejects with what `fetchToken` rejects with,
   * and with the reason of the signal.
   */
  async get(
    key: string,
    now: () => number,
    signal: AbortSignal,
    fetchToken: () => Promise<Token>,
  ): Promise<string> {
    for (;;) {
      signal.throwIfAborted();
      const known = this.#tokens.get(key);
      if (known !== undefined && known.until > now()) {
        this.#keep(key, known);
        return known.text;
      }
      const underWay = this.#underWay.get(key);
      if (underWay === undefined) return (await this.#fetch(key, fetchToken)).text;
      await eitherEnds(underWay, signal);
    }
  }

  /** Its server does not take it any more: the next request fetches another one. */
  forget(text: string): void {
    for (const [key, token] of this.#tokens) if (token.text === text) this.#tokens.delete(key);
  }

  async #fetch(key: string, fetchToken: () => Promise<Token>): Promise<Token> {
    const fetching = fetchToken();
    this.#underWay.set(key, fetching);
    try {
      const token = await fetching;
      this.#keep(key, token);
      return token;
    } finally {
      this.#underWay.delete(key);
    }
  }

  #keep(key: string, token: Token): void {
    this.#tokens.delete(key);
    this.#tokens.set(key, token);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > MOST_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
  }
}

/** Resolves when the promise is settled, or the signal is aborted. */
function eitherEnds(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    promise.then(end, end);
  });
}
