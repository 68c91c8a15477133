/** Resolves when the promise is settled, or the signal is aborted. */
export function eitherEnds(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    promise.then(end, end);
    if (signal.aborted) end();
  });
}
