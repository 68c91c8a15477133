// Returns an object whose only key is larger than a result.
export const handle_button = (data) =>
  attack(data, async () => {
    return { ['x'.repeat(16 * 1024 ** 2)]: 1 };
  });
