// Grows memory of WebAssembly.
export const handle_button = (data) =>
  attack(data, async () => {
    const memory = new WebAssembly.Memory({ initial: 1000 });
    for (;;) memory.grow(1000);
  });
