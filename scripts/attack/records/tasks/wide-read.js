// Reads records of a megabyte by the dozen, by id and by search, to see one small field of each.
export const handle_button = (data) =>
  attack(data, async () => {
    const model = env['attack.large'];
    const ids = [];
    for (let n = 0; n < 20; n += 1) ids.push((await model.create({ n, text: 'x'.repeat(1_000_000) })).id);
    const reached = await through({
      read: () => model.call('read', [ids, ['n']]),
      searched: () => model.search([], { fields: ['n'] }),
      transaction: () =>
        env.transaction(async () => {
          for (const id of ids) await model.search([['id', '=', id]], { fields: ['n'] });
          return true;
        }),
    });
    await forget('attack.large');
    return reached;
  });
