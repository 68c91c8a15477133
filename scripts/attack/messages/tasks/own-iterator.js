// Gives sets and maps whose own iterators and sizes lie.
export const handle_button = (data) =>
  attack(data, async () => {
    const lying = Object.assign(Object.defineProperty(new Map([[1, 2]]), 'size', { value: 1e9 }), {
      entries: () => {
        throw new Error('seen');
      },
      [Symbol.iterator]: () => {
        throw new Error('seen');
      },
    });
    const list = Object.assign([1], {
      [Symbol.iterator]: () => {
        throw new Error('seen');
      },
      toJSON: () => 'left_behind',
      extra: 1,
    });
    return through({
      map: async () => (await guard.echo(lying)).size !== 1,
      list: async () => JSON.stringify(await guard.echo(list)) !== '[1]',
      toJSON: async () => (await guard.echo({ toJSON: undefined, a: 1 })).a !== 1,
    });
  });
