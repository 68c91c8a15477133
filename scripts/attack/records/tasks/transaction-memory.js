// Keeps megabyte after megabyte in a transaction that it never commits.
export const handle_button = (data) =>
  attack(data, async () =>
    through({
      kept: () =>
        env
          .transaction(async () => {
            for (let part = 0; part < 500; part += 1)
              await env['attack.kept'].create({ text: 'x'.repeat(1_000_000), part });
            throw new Error('Everything was kept.');
          })
          .catch(({ message }) => message === 'Everything was kept.'),
      files: () =>
        env
          .transaction(async () => {
            for (let part = 0; part < 100; part += 1)
              await env['attack.kept'].create({ file: new Uint8Array(4_000_000), part });
            throw new Error('Everything was kept.');
          })
          .catch(({ message }) => message === 'Everything was kept.'),
    }),
  );
