// Writes a value of a megabyte into two thousand records by one call.
export const handle_button = (data) =>
  attack(data, async () => {
    const rows = Array.from({ length: 2000 }, (_, n) => ({ n }));
    const records = await env['attack.wide'].create(rows);
    const text = 'x'.repeat(1_000_000);
    const reached = await through({
      all: () => records.write({ text }),
      transaction: () => env.transaction(() => records.write({ text })),
    });
    await records.unlink();
    return reached;
  });
