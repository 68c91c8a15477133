// Returns an object whose then loops.
export const handle_button = (data) =>
  attack(data, async () => {
    return {
      then() {
        for (;;);
      },
    };
  });
