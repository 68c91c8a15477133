// Splits a text of 268 million characters, which ends the whole process in a bare isolate.
export const handle_button = (data) =>
  attack(data, async () => {
    return 'x'.repeat(2 ** 28).split('').length;
  });
