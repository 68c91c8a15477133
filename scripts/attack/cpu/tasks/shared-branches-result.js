// Returns an object whose every level is there twice.
export const handle_button = (data) =>
  attack(data, async () => {
    let level = {};
    for (let depth = 0; depth < 60; depth += 1) level = [level, level];
    return level;
  });
