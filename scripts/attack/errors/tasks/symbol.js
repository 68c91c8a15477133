// Ends with a symbol.
export const handle_button = (data) =>
  attack(data, async () => {
    throw Symbol('left_behind');
  });
