// Asks for three hundred fields with long names that no record has, of thousands of records.
export const handle_button = (data) =>
  attack(data, async () => {
    const model = env['attack.fields'];
    const records = await model.create(Array.from({ length: 2000 }, (_, n) => ({ n })));
    const fields = Array.from({ length: 299 }, (_, n) => `f${n}`.padEnd(64, 'x'));
    const reached = await through({
      searched: () => model.search([], { fields }),
      read: () => records.read(fields),
    });
    await records.unlink();
    return reached;
  });
