// Writes from a thousand timers at once.
export const handle_button = (data) =>
  attack(data, async () => {
    await Promise.all(
      Array.from(
        { length: 500 },
        () =>
          new Promise((resolve) =>
            setTimeout(() => {
              for (let line = 0; line < 100; line += 1) log('x');
              resolve();
            }, 1),
          ),
      ),
    );
    return 'written';
  });
