// Throws things that are no errors, one in the other.
export const handle_button = (data) =>
  attack(data, async () => {
    const unfair = [null, undefined, 0n, Symbol('x'), '', () => 1, Object.create(null)];
    const odd = [];
    for (const thing of unfair) {
      const seen = await (async () => {
        throw thing;
      })().catch((error) => error);
      if (seen !== thing) odd.push(String(thing));
    }
    return odd;
  });
