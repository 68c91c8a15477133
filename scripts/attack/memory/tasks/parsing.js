// Parses JSON that is all brackets.
export const handle_button = (data) =>
  attack(data, async () => {
    return JSON.parse(`${'['.repeat(20_000_000)}${']'.repeat(20_000_000)}`).length;
  });
