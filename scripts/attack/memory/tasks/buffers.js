// Keeps bytes beside the heap.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;) held.push(new Uint8Array(8 * 1024 ** 2).fill(1));
  });
