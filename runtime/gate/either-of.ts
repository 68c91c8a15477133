/** `AbortSignal.any`, but it lets go of its sources at once with `forget`. */
export function eitherOf(...sources: readonly AbortSignal[]): { signal: AbortSignal; forget(): void } {
  const controller = new AbortController();
  const listeners = sources.map((source) => {
    const listener = () => controller.abort(source.reason);
    if (source.aborted) listener();
    source.addEventListener('abort', listener);
    return () => source.removeEventListener('abort', listener);
  });
  const forget = () => {
    for (const stop of listeners) stop();
  };
  return { signal: controller.signal, forget };
}
