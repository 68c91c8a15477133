// Goes on when its project is deleted.
export const handle_button = (data) =>
  attack(data, async () => {
    log('up');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return guard.matches('x');
  });
