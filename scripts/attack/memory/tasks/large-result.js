// Returns more than a result may have.
export const handle_button = (data) =>
  attack(data, async () => {
    return 'x'.repeat(9 * 1024 ** 2);
  });
