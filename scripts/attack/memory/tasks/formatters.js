// Keeps thousands of formatters, which live outside of the heap.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;)
      held.push(
        new Intl.DateTimeFormat('de', { dateStyle: 'full', timeZone: 'Europe/Berlin' }),
        new Intl.NumberFormat('ar'),
      );
  });
