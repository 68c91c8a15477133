/** Tells streams that are open that the token they were opened with has been deleted. */
export interface EndedTokens {
  /** Aborted when the token with this id is deleted. Null is the administrator, whose token lasts as long as the server. */
  signalOf(id: string | null): AbortSignal;
  end(id: string): void;
}

export function createEndedTokens(): EndedTokens {
  const watched = new Map<string | null, AbortController>();
  return {
    signalOf(id) {
      const controller = watched.get(id) ?? new AbortController();
      watched.set(id, controller);
      return controller.signal;
    },
    end(id) {
      watched.get(id)?.abort();
      watched.delete(id);
    },
  };
}
