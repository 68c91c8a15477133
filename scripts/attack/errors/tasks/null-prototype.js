// Ends with an object that has no prototype and no text.
export const handle_button = (data) =>
  attack(data, async () => {
    throw Object.assign(Object.create(null), { toString: null });
  });
