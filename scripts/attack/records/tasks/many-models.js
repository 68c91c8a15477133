// Makes a thousand models in one transaction, each of which is a table.
export const handle_button = (data) =>
  attack(data, async () =>
    through({
      models: () =>
        env.transaction(async () => {
          for (let model = 0; model < 1000; model += 1) await env[`attack.model_${model}`].create({ n: 1 });
        }),
    }),
  );
