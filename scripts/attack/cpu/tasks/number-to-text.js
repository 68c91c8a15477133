// Writes a whole number of millions of digits as text.
export const handle_button = (data) =>
  attack(data, async () => {
    return (3n ** 20_000_000n).toString(7).length;
  });
