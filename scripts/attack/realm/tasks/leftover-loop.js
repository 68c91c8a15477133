// Leaves a loop running behind its result, to be met by the next job.
export const handle_button = (data) =>
  attack(data, async () => {
    (async () => {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        log('left_behind');
        realGlobal().left_behind = 1;
      }
    })().catch(() => {});
    return 'left';
  });
