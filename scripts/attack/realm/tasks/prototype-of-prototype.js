// Puts another object behind the prototypes.
export const handle_button = (data) =>
  attack(data, async () => {
    const behind = new Proxy({}, { get: () => 'left_behind', has: () => true });
    return through({
      object: () => Object.setPrototypeOf(Object.prototype, behind) && {}.left_behind,
      function: () => Object.setPrototypeOf(Function.prototype, behind) && log.left_behind,
      global: () => Object.setPrototypeOf(realGlobal(), behind) && realGlobal().left_behind,
      legacy: () => {
        Array.prototype.__proto__ = behind;
        return [].left_behind;
      },
      reflect: () => Reflect.setPrototypeOf(Promise.prototype, behind),
    });
  });
