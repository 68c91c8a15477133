// Fills a map until nothing is left.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = new Map();
    for (;;) held.set({}, new Set([held.size]));
  });
