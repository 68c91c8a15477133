// Makes calls without waiting for any, with as much as each may have.
export const handle_button = (data) =>
  attack(data, async () => {
    const text = 'x'.repeat(4 * 1024 ** 2);
    for (;;) guard.echo(text);
  });
