// Writes an object as JSON whose every level is there twice.
export const handle_button = (data) =>
  attack(data, async () => {
    let level = {};
    for (let depth = 0; depth < 40; depth += 1) level = { a: level, b: level };
    return JSON.stringify(level).length;
  });
