/** What a caught value says; anything may have been thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
