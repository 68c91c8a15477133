// Leaves memory behind that nobody refers to any more.
export const handle_button = (data) =>
  attack(data, async () => {
    return new Array(1_000_000).fill('left_behind').join('').length - 3_000_000;
  });
