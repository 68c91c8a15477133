// Matches with a regular expression that backtracks forever.
export const handle_button = (data) =>
  attack(data, async () => {
    return /^(?:(?:a|a)+)+$/v.test(`${'a'.repeat(60)}!`);
  });
