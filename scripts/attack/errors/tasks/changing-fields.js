// Ends with an error whose fields are different at each look, and lie about their type.
export const handle_button = (data) =>
  attack(data, async () => {
    let looks = 0;
    throw Object.defineProperties(new Error('x'), {
      message: {
        get: () => {
          looks += 1;
          return looks % 2 ? { toString: () => 'odd' } : 'even';
        },
      },
      name: { get: () => [looks] },
      stack: { get: () => ({ split: () => ['forged'] }) },
    });
  });
