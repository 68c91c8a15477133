// Replaces what Protected Code uses, in the task, before it is called.
export const handle_button = (data) =>
  attack(data, async () => {
    return through({
      replaced: async () => {
        const seen = [];
        const spy = function (...args) {
          seen.push(String(this), ...args);
          return this;
        };
        for (const [type, name] of [
          [String, 'split'],
          [Array, 'join'],
          [Array, 'map'],
          [Map, 'set'],
          [Promise, 'then'],
        ]) {
          Reflect.set(type.prototype, name, spy);
        }
        Reflect.set(Object, 'assign', spy);
        Reflect.set(JSON, 'stringify', spy);
        await use();
        return seen.length;
      },
      used: async () => (await use()) !== 'used',
    });
  });
