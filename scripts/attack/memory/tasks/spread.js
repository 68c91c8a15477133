// Spreads huge lists into calls and literals.
export const handle_button = (data) =>
  attack(data, async () => {
    const holes = [];
    holes.length = 2 ** 25;
    return [...holes, ...holes, ...holes, ...holes].length + Math.max(...holes);
  });
