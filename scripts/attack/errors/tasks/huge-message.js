// Ends with a message of 100 million characters.
export const handle_button = (data) =>
  attack(data, async () => {
    throw new Error('x'.repeat(100_000_000));
  });
