// Returns a then that calls nobody back.
export const handle_button = (data) =>
  attack(data, async () => {
    return { then() {} };
  });
