// Keeps many large texts that are flat.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;) held.push('x'.padEnd(2 ** 24, `${held.length}`).toUpperCase());
  });
