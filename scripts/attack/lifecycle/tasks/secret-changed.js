// Holds on to Protected Code while its secret is changed; nothing of the old one is shown.
export const handle_button = (data) =>
  attack(data, async () => {
    log('up');
    await guard.matches('x');
    await new Promise((resolve) => setTimeout(resolve, 800));
    await confess();
    return fail('inside').catch((error) => error.message);
  });
