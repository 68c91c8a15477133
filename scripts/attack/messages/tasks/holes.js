// Returns a list of four billion holes.
export const handle_button = (data) =>
  attack(data, async () => {
    const holes = [];
    holes.length = 4e9;
    return holes;
  });
