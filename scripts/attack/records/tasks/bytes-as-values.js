// Gives megabytes of bytes where an object of values is wanted, so that each would be a value of its own.
export const handle_button = (data) =>
  attack(data, async () => {
    const bytes = new Uint8Array(4 * 1024 ** 2);
    const model = env['attack.bytes'];
    const reached = await through({
      json: () => model.create({ value: { deep: [bytes] } }),
      called: () => model.call('create', [bytes]),
      written: () => model.call('write', [[1], bytes]),
      keywords: () => model.call('search', [[]], bytes),
      options: () => model.search([], bytes),
      domain: async () => (await model.search([['value', '=', { pad: bytes }]])).length > 0,
    });
    await forget('attack.bytes');
    return reached;
  });
