/** What a stream of pieces has to do with the rest of the server. */
export interface PieceStreamOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted: the answer ends before it is whole. */
  readonly ends: AbortSignal;
  /** Ends the connection at once, so that the caller sees that the answer is not whole. */
  cut(): void;
  /** A piece could not be made. */
  failed(error: unknown): void;
  /** Called once at the end, also when the caller goes. */
  release(): void;
}

/**
 * An answer of text in pieces: each is asked for when the caller has taken the one before, so that memory stays flat. When a
 * piece fails or `ends` is aborted, the connection is cut.
 */
export function pieceStream(
  pieces: AsyncIterator<string>,
  { headers, ends, cut, failed, release }: PieceStreamOptions,
): Response {
  const encoder = new TextEncoder();
  let ended = false;

  function end(): void {
    if (ended) return;
    ended = true;
    ends.removeEventListener('abort', endEarly);
    release();
  }

  function endEarly(): void {
    end();
    cut();
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start() {
        ends.addEventListener('abort', endEarly);
        if (ends.aborted) endEarly();
      },
      async pull(controller) {
        try {
          const { value, done } = await pieces.next();
          if (ended) return;
          if (!done) return controller.enqueue(encoder.encode(value));
          end();
          controller.close();
        } catch (error) {
          failed(error);
          endEarly();
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers });
}
