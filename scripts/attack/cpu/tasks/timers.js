// Burns a little in each of many timers, so that no single entry is long.
export const handle_button = (data) =>
  attack(data, async () => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (const end = Date.now() + 20; Date.now() < end; );
    }
  });
