// Reads records of a megabyte by the dozen, by id, by search, and one by one in a transaction.
export const handle_button = (data) =>
  attack(data, async () => {
    const model = env['attack.large'];
    const ids = [];
    for (let n = 0; n < 20; n += 1) ids.push((await model.create({ n, text: 'x'.repeat(1_000_000) })).id);
    const reached = await through({
      read: () => model.call('read', [ids, ['n']]),
      searched: () => model.search([]),
      transaction: () =>
        env.transaction(async () => {
          for (const id of ids) await model.search([['id', '=', id]], { fields: ['n'] });
          return true;
        }),
    });
    await forget('attack.large');
    return reached;
  });
