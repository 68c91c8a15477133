// Adds to the prototypes of every built-in by each way that there is.
export const handle_button = (data) =>
  attack(data, async () => {
    const changed = [];
    for (const [object, path] of sharedObjects()) {
      const before = Reflect.ownKeys(object).length;
      try {
        object.left_behind = 1;
      } catch {}
      Reflect.defineProperty(object, 'left_behind', { value: 1, configurable: true });
      Reflect.set(object, 'left_behind_too', 1);
      try {
        object.__defineGetter__?.('left_behind_get', () => 1);
      } catch {}
      if (Reflect.ownKeys(object).length !== before) changed.push(path);
    }
    return changed;
  });
