// Searches an object that claims to have all lengths there are.
export const handle_button = (data) =>
  attack(data, async () => {
    const endless = { length: Number.MAX_SAFE_INTEGER };
    Array.prototype.indexOf.call(endless, 1);
    Array.prototype.reverse.call(endless);
  });
