// Writes JSON that becomes larger than any text may be.
export const handle_button = (data) =>
  attack(data, async () => {
    const text = '\ud800'.repeat(2 ** 20);
    return JSON.stringify(new Array(2 ** 12).fill(text)).length;
  });
