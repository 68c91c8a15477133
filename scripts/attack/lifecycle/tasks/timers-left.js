// Leaves timers behind that call Protected Code and write to the log.
export const handle_button = (data) =>
  attack(data, async () => {
    for (let at = 1; at < 50; at += 1)
      setTimeout(() => {
        log('left_behind');
        confess();
      }, at * 5);
    return 'left';
  });
