// Leaves millions of promises waiting.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;) held.push(new Promise(() => {}).then(() => held));
  });
