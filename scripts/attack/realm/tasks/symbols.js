// Changes how built-ins behave through well-known symbols on shared objects.
export const handle_button = (data) =>
  attack(data, async () => {
    const attempts = {};
    for (const name of [
      'species',
      'iterator',
      'toPrimitive',
      'hasInstance',
      'isConcatSpreadable',
      'unscopables',
      'match',
      'asyncIterator',
      'toStringTag',
    ]) {
      for (const type of [Object, Array, Promise, RegExp, Map, ArrayBuffer, Function]) {
        attempts[`${type.name} ${name}`] = () => {
          const done = Reflect.defineProperty(type, Symbol[name], {
            value: () => 'left_behind',
            configurable: true,
          });
          return (
            Reflect.defineProperty(type.prototype, Symbol[name], {
              value: () => 'left_behind',
              configurable: true,
            }) || done
          );
        };
      }
    }
    return through(attempts);
  });
