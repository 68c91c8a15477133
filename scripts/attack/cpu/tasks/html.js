// Has hostile HTML turned into text.
export const handle_button = (data) =>
  attack(data, async () => {
    return html2plaintext('<a href="'.repeat(50_000) + '<'.repeat(100_000) + '&'.repeat(100_000)).length > 0;
  });
