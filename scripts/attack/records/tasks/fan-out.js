// Writes large records that twenty triggers watch, so that one write would store twenty times as much.
export const handle_db = () => {};
export const handle_button = (data) =>
  attack(data, async () =>
    through({
      written: () =>
        env['attack.fan'].create(Array.from({ length: 7 }, () => ({ text: 'x'.repeat(1_000_000) }))),
    }),
  );
