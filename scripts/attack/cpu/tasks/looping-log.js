// Logs an object whose getter loops while it is shown.
export const handle_button = (data) =>
  attack(data, async () => {
    log({
      a: {
        get b() {
          for (;;);
        },
      },
    });
  });
