// Returns a thousand views of one buffer, each of which would be copied.
export const handle_button = (data) =>
  attack(data, async () => {
    const bytes = new Uint8Array(1024 ** 2);
    return Array.from({ length: 1000 }, () => bytes);
  });
