// Reads a constant of Protected Code.
export const handle_button = (data) =>
  attack(data, async () => {
    return HINT.known && HINT.length === 'not told' && !/canary/.test(JSON.stringify(HINT)) ? [] : ['seen'];
  });
