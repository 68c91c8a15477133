// Marks and changes what all records of a realm share: their class, its prototype, and what that inherits from.
export const handle_button = (data) =>
  attack(data, async () => {
    const record = await env['attack.shared'].create({ n: 1 });
    const model = env['attack.shared'];
    const shared = [];
    for (const start of [record, model, await record.search_links('none')]) {
      for (let at = Object.getPrototypeOf(start); at !== null; at = Object.getPrototypeOf(at)) {
        shared.push(at, at.constructor);
        for (const key of Reflect.ownKeys(at)) {
          const { value, get } = Object.getOwnPropertyDescriptor(at, key);
          shared.push(value, get);
        }
      }
    }
    const objects = shared.filter((each) => Object(each) === each);
    const changed = await through({
      marked: () => objects.some((object) => Reflect.set(object, 'left_behind', 1, object)),
      defined: () => objects.some((object) => Reflect.defineProperty(object, 'left_behind', { value: 1 })),
      inherits: () =>
        objects.some((object) => {
          const before = Object.getPrototypeOf(object);
          return before !== null && Reflect.setPrototypeOf(object, Object.create(before));
        }),
      deleted: () =>
        objects.some(
          (object) =>
            Reflect.ownKeys(object).length > 0 && Reflect.deleteProperty(object, Reflect.ownKeys(object)[0]),
        ),
      extensible: () => objects.some((object) => Object.isExtensible(object)),
    });
    await forget('attack.shared');
    return changed;
  });
