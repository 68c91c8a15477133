// Keeps millions of closures.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;) {
      const own = held.length;
      held.push(() => own);
    }
  });
