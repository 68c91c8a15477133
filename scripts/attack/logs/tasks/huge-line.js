// Writes one line of 200 million characters.
export const handle_button = (data) =>
  attack(data, async () => {
    log('x'.repeat(200_000_000));
    return [];
  });
