// Refers to a record with a name of a megabyte, and reads all that do.
export const handle_button = (data) =>
  attack(data, async () => {
    const target = await env['attack.named'].create({ name: 'x'.repeat(1_000_000) });
    await env['attack.refers'].create(Array.from({ length: 500 }, () => ({ to: target })));
    const found = await env['attack.refers'].search([]);
    const lengths = [...new Set(found.mapped('to').map(({ name }) => name.length))];
    await found.unlink();
    await forget('attack.named');
    return lengths;
  });
