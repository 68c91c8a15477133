// Leaves a call behind that loops in Protected Code.
export const handle_button = (data) =>
  attack(data, async () => {
    misbehave('loop').catch(() => {});
    return 'left';
  });
