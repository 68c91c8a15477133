// Fills arrays until nothing is left.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;) held.push(new Array(1000).fill(held.length));
  });
