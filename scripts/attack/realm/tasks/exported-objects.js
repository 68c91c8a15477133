// Replaces the functions of an object that Protected Code offers, and takes what lies behind its names.
export const handle_button = (data) =>
  attack(data, async () => {
    return through({
      replaced: async () => {
        Reflect.set(guard, 'matches', () => true);
        const { matches } = guard;
        return (await matches('x')) && 0;
      },
      constructor: () => guard.constructor('return typeof secrets !== "undefined"')() === true,
      inherited: async () => guard.__proto__.matches,
      secret: () => guard.secrets ?? use.secrets ?? use.call({ token: 1 }).secrets,
      helper: () => typeof _written !== 'undefined',
    });
  });
