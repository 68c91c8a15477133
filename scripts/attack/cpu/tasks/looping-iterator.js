// Gives built-ins an iterator that never ends.
export const handle_button = (data) =>
  attack(data, async () => {
    new Set({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) });
    for (const _ of Iterator.from({ next: () => ({ done: false, value: 1 }) }).filter(() => false));
  });
