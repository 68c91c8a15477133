// Loops forever.
export const handle_button = (data) =>
  attack(data, async () => {
    for (;;);
  });
