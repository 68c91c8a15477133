// Registers callbacks that run when its objects are collected, after it has ended.
export const handle_button = (data) =>
  attack(data, async () => {
    const registry = new FinalizationRegistry(() => {
      for (;;);
    });
    for (let count = 0; count < 20_000; count += 1) registry.register({}, count);
    return 'registered';
  });
