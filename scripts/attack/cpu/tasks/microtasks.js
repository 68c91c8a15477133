// Awaits nothing forever, so that no other code of its realm gets a turn.
export const handle_button = (data) =>
  attack(data, async () => {
    for (;;) await null;
  });
