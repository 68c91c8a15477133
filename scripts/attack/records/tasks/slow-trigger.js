// Fires a db trigger whose domain compares a megabyte with ten thousand characters chosen to make that slow.
export const handle_db = () => {};
export const handle_button = (data) =>
  attack(data, async () => {
    for (let n = 0; n < 5; n += 1) await env['attack.watched'].create({ text: 'a'.repeat(1_000_000) });
    await forget('attack.watched');
    return [];
  });
