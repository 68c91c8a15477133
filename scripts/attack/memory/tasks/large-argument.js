// Gives Protected Code more than a message may have.
export const handle_button = (data) =>
  attack(data, async () => {
    return guard.echo('x'.repeat(9 * 1024 ** 2));
  });
