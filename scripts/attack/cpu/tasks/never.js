// Waits for what never comes.
export const handle_button = (data) =>
  attack(data, async () => {
    return new Promise(() => {});
  });
