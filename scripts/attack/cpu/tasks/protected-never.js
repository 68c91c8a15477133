// Waits for a call of Protected Code that never ends.
export const handle_button = (data) =>
  attack(data, async () => {
    return misbehave('wait');
  });
