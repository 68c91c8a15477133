// Gives built-ins objects whose conversion to text or number loops.
export const handle_button = (data) =>
  attack(data, async () => {
    new URL({
      [Symbol.toPrimitive]() {
        for (;;);
      },
    });
  });
