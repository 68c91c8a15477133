// Has functions made of ever larger texts.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;) held.push(new Function(`return [${'{a:1},'.repeat(100_000)}${held.length}]`)());
  });
