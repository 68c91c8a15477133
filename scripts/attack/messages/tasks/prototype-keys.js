// Gives data with keys that lead to prototypes.
export const handle_button = (data) =>
  attack(data, async () => {
    const value = JSON.parse(
      '{"__proto__": {"left_behind": 1}, "constructor": {"prototype": {"left_behind": 1}}, "a": {"__proto__": null, "hasOwnProperty": 1, "toString": 2}}',
    );
    const back = await guard.echo(value);
    return through({
      polluted: () => ({}).left_behind,
      inherited: () => back.left_behind,
      lost: () => JSON.stringify(back) !== JSON.stringify(value),
      prototype: () => Object.getPrototypeOf(back) !== Object.prototype,
    });
  });
