// Has Protected Code use memory without end.
export const handle_button = (data) =>
  attack(data, async () => {
    return misbehave('memory');
  });
