// Writes lines of 64 KB without end.
export const handle_button = (data) =>
  attack(data, async () => {
    const line = 'left_behind'.repeat(6000);
    for (;;) log(line);
  });
