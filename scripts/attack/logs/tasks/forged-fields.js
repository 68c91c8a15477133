// Gives levels and names that are not its own.
export const handle_button = (data) =>
  attack(data, async () => {
    for (const level of [
      'sluice',
      {},
      null,
      Symbol.iterator,
      'ERROR ',
      ['error'],
      { toString: () => 'error' },
      -1,
    ]) {
      try {
        log('level', level);
      } catch {}
    }
    log('x', 'info', 'protected', { name: 'sluice', job: 'other' });
    console.error.call({ name: 'protected' }, 'x');
    return [];
  });
