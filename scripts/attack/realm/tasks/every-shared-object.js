// Changes any property of any object that jobs share, those without a name included.
export const handle_button = (data) =>
  attack(data, async () => {
    const changed = [];
    for (const [object, path] of sharedObjects()) {
      if (Reflect.isExtensible(object) && Reflect.set(object, 'left_behind', 1)) changed.push(path);
      for (const key of Reflect.ownKeys(object)) {
        const { configurable, writable } = Object.getOwnPropertyDescriptor(object, key);
        if (configurable || writable) changed.push(`${path}.${String(key)}`);
      }
    }
    return changed;
  });
