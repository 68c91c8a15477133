// Lets a db trigger start itself without end.
export const handle_db = async (records) => {
  for (const record of records) await record.write({ n: record.n + 1 });
};
export const handle_button = (data) =>
  attack(data, async () => {
    await forget('attack.loop');
    const record = await env['attack.loop'].create({ n: 0 });
    await record.write({ n: 1 });
    return [];
  });
