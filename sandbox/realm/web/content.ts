/** Content of a body; text stays text until its bytes are asked for. */
export type Content = string | Uint8Array;

/** Asks the works for an operation; arguments and result are plain data. */
export type Call = (operation: string, argument: unknown) => Promise<unknown>;

/** What stands for a content that is outside; `last`: nobody will ask for it again. */
export interface Reference {
  readonly handle: string;
  readonly last: boolean;
}

/**
 * A content that stays outside of the realm: it comes in when somebody reads it, and not at all when it is handed on. Copies
 * of a body share it; outside it is kept until each of them was used.
 */
export class Remote {
  readonly #call: Call;
  readonly #handle: string;
  #shares = 1;

  constructor(call: Call, handle: string) {
    this.#call = call;
    this.#handle = handle;
  }

  /** For one more body. */
  share(): this {
    this.#shares += 1;
    return this;
  }

  /** For a request that sends it; each body gives it away once. */
  reference(): Reference {
    this.#shares -= 1;
    return { handle: this.#handle, last: this.#shares === 0 };
  }

  async read(): Promise<Uint8Array> {
    return (await this.#call('fetch_body', this.reference())) as Uint8Array;
  }

  /** One body less; with the last one, nothing is kept outside. */
  async cancel(): Promise<void> {
    const reference = this.reference();
    if (reference.last) await this.#call('fetch_cancel', reference);
  }
}

/** The same content for one more body. */
export const shared = (content: Content | Remote): Content | Remote =>
  content instanceof Remote ? content.share() : content;

/** The content itself, wherever it is. */
export const contentHere = async (content: Content | Remote): Promise<Content> =>
  content instanceof Remote ? content.read() : content;
