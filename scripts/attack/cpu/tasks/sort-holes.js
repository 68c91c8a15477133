// Sorts four billion holes, a loop inside the engine.
export const handle_button = (data) =>
  attack(data, async () => {
    const holes = [];
    holes.length = 4e9;
    holes.sort();
  });
