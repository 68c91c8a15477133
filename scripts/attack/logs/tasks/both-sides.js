// Writes lines from both realms, so that each would have a cap of its own.
export const handle_button = (data) =>
  attack(data, async () => {
    await Promise.all([
      chatter(5000),
      (async () => {
        for (let line = 0; line < 5000; line += 1) log('x');
      })(),
    ]);
    return 'written';
  });
