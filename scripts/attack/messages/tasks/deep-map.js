// Returns maps in sets in maps, deeper than any stack.
export const handle_button = (data) =>
  attack(data, async () => {
    let deep = new Map();
    for (let depth = 0; depth < 100_000; depth += 1)
      deep = depth % 2 ? new Set([deep]) : new Map([[deep, deep]]);
    return deep;
  });
