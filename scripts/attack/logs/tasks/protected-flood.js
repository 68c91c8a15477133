// Has Protected Code write two hundred thousand lines.
export const handle_button = (data) =>
  attack(data, async () => {
    await chatter(200_000);
    return 'written';
  });
