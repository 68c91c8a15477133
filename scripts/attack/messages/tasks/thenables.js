// Gives and returns objects with a then, at every place where something waits.
export const handle_button = (data) =>
  attack(data, async () => {
    const bait = { then: (resolve) => resolve('swallowed') };
    return through({
      argument: async () => {
        await guard.echo(bait);
        return true;
      },
      nested: async () => {
        await guard.echo([{ bait }]);
        return true;
      },
      answer: async () => (await guard.echo({ then: 1 })).then !== 1,
    });
  });
