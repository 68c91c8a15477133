// Collects an async generator that never ends.
export const handle_button = (data) =>
  attack(data, async () => {
    return Array.fromAsync(
      (async function* () {
        for (;;) yield 1;
      })(),
    );
  });
