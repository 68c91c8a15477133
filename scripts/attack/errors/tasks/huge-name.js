// Ends with a name and a stack that are huge.
export const handle_button = (data) =>
  attack(data, async () => {
    throw Object.assign(new Error('x'), { name: 'n'.repeat(50_000_000), stack: 's\n'.repeat(30_000_000) });
  });
