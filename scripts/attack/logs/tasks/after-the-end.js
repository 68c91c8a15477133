// Writes lines when its job has ended already.
export const handle_button = (data) =>
  attack(data, async () => {
    setTimeout(() => log('left_behind'), 50);
    Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => new Promise((resolve) => setTimeout(resolve, 20)))
      .then(() => log('left_behind'));
    return 'ended';
  });
