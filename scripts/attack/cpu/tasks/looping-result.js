// Returns an object whose getter loops while it is copied.
export const handle_button = (data) =>
  attack(data, async () => {
    return {
      get value() {
        for (;;);
      },
    };
  });
