// Leaves hundreds of calls behind its result.
export const handle_button = (data) =>
  attack(data, async () => {
    for (let call = 0; call < 300; call += 1) guard.echo(call).then(() => log('left_behind'));
    return 'left';
  });
