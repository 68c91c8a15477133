// Makes records and models without being given them, and stamps other objects as records.
export const handle_button = (data) =>
  attack(data, async () => {
    const record = await env['attack.makers'].create({ n: 1 });
    const makers = [
      record.constructor,
      env['attack.makers'].constructor,
      (await record.search_links('none')).constructor,
    ];
    const reached = await through({
      constructed: () =>
        makers.some((Maker) => new Maker(Symbol('makes sets of records'), record, 'res.partner', [])),
      extended: () =>
        makers.some((Maker) => {
          class Own extends Maker {}
          return Reflect.construct(Own, [undefined, record, 'res.partner', []], Maker);
        }),
      stamped: () => {
        const copy = Object.create(Object.getPrototypeOf(record), Object.getOwnPropertyDescriptors(record));
        return copy.id !== undefined;
      },
      borrowed: () => Reflect.get(Object.getPrototypeOf(record), 'ids', { length: 1 }),
      written: async () =>
        Reflect.apply(Object.getPrototypeOf(record).write, { id: 1, ids: [1] }, [{ n: 2 }]),
    });
    await forget('attack.makers');
    return reached;
  });
