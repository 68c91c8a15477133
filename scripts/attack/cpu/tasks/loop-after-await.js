// Loops forever after a wait.
export const handle_button = (data) =>
  attack(data, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (;;);
  });
