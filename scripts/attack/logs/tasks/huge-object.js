// Writes an object with a hundred thousand keys, and one that is deep.
export const handle_button = (data) =>
  attack(data, async () => {
    log(Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`key${at}`, at])));
    let deep = {};
    for (let depth = 0; depth < 100_000; depth += 1) deep = { deep };
    log(deep);
    return [];
  });
