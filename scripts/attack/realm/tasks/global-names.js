// Leaves names on the global object, by assignment, definition and code made at run time.
export const handle_button = (data) =>
  attack(data, async () => {
    return through({
      assigned: () => {
        realGlobal().left_behind = 1;
        return realGlobal().left_behind;
      },
      defined: () => Object.defineProperty(realGlobal(), 'left_behind', { value: 1, configurable: true }),
      evaluated: () => {
        (0, eval)('var left_behind = 1; function left_behind_too() {}');
        return realGlobal().left_behind;
      },
      made: () => {
        new Function('this.left_behind = 1').call(realGlobal());
        return realGlobal().left_behind;
      },
      replaced: () => {
        realGlobal().JSON = { left_behind: 1 };
        return JSON.left_behind;
      },
      removed: () => delete realGlobal().Map,
    });
  });
