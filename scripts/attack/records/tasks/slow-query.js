// Searches long texts by two hundred terms at once, again and again.
export const handle_button = (data) =>
  attack(data, async () => {
    const model = env['attack.long'];
    if ((await model.search_count()) < 15) {
      for (let n = 0; n < 15; n += 1) await model.create({ text: 'a'.repeat(1_000_000) });
    }
    const terms = Array.from({ length: 190 }, (_, n) => ['text', 'not ilike', `${'a'.repeat(40)}b${n}`]);
    for (;;) await Promise.all([1, 2, 3, 4].map(() => model.search_count(terms)));
  });
