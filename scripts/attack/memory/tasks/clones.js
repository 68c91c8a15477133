// Clones large data again and again, and encodes it.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;)
      held.push(
        structuredClone(new Uint8Array(4 * 1024 ** 2)),
        new TextEncoder().encode('x'.repeat(4 * 1024 ** 2)),
      );
  });
