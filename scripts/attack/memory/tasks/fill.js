// Fills an array of 134 million numbers, which wedges the whole process in a bare isolate.
export const handle_button = (data) =>
  attack(data, async () => {
    return new Array(2 ** 27).fill(1.1).length;
  });
