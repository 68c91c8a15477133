// Writes two hundred thousand lines.
export const handle_button = (data) =>
  attack(data, async () => {
    for (let line = 0; line < 200_000; line += 1) log('x');
    return 'written';
  });
