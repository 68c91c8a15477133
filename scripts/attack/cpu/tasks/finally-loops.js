// Goes on in finally blocks and catches of what would stop it.
export const handle_button = (data) =>
  attack(data, async () => {
    const again = () => {
      try {
        for (;;);
      } catch {
        again();
      } finally {
        again();
      }
    };
    again();
  });
