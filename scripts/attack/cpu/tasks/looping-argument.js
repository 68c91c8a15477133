// Gives Protected Code an argument whose keys never end.
export const handle_button = (data) =>
  attack(data, async () => {
    return guard.echo({
      get value() {
        for (;;);
      },
    });
  });
