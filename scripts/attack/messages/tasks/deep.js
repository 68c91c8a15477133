// Gives and returns data that is deeper than any stack.
export const handle_button = (data) =>
  attack(data, async () => {
    let deep = [];
    for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
    if (await guard.echo(deep).catch((error) => error.name !== 'TypeError')) return 'odd';
    return deep;
  });
