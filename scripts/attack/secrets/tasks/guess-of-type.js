// Gives a comparison things that answer differently each time they are looked at.
export const handle_button = (data) =>
  attack(data, async () => {
    return through({
      getter: () =>
        guard.matches({
          get length() {
            return 43;
          },
          toString: () => 'x',
        }),
      list: () => guard.matches(['x']),
      primitive: () => guard.matches({ [Symbol.toPrimitive]: () => 'x' }),
      pollution: async () =>
        (await guard.describe(JSON.parse('{"__proto__": {"CANARY": "x"}}')))[0] !== '[object Object]',
    });
  });
