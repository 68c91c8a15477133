// Is given data that is deep and full of marks.
export const handle_button = (data) =>
  attack(data, async () => {
    return through({
      mark: () => data.$[0] !== 'b',
      polluted: () => ({}).left_behind,
      list: () => data.list[0].$[1] !== 'x',
    });
  });
