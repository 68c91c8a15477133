// Returns an object of a million keys.
export const handle_button = (data) =>
  attack(data, async () => {
    const many = {};
    for (let at = 0; at < 1_000_000; at += 1) many[`key${at}`] = at;
    return many;
  });
