// Calls Protected Code ten thousand times at once to keep its process busy.
export const handle_button = (data) =>
  attack(data, async () => {
    for (;;) await Promise.all(Array.from({ length: 5000 }, () => guard.matches('guess')));
  });
