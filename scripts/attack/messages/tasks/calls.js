// Makes twenty thousand calls, one after the other.
export const handle_button = (data) =>
  attack(data, async () => {
    for (let call = 0; call < 20_000; call += 50)
      await Promise.all(Array.from({ length: 50 }, () => guard.matches(call)));
  });
