// Runs code of its own while a line is made, to write further lines in it.
export const handle_button = (data) =>
  attack(data, async () => {
    let depth = 0;
    const bait = {
      get a() {
        depth += 1;
        if (depth < 3) log(bait);
        return depth;
      },
    };
    log(bait);
    return depth === 3 ? [] : [depth];
  });
