// Returns a proxy of a proxy.
export const handle_button = (data) =>
  attack(data, async () => {
    return new Proxy(new Proxy({}, {}), { getPrototypeOf: () => Object.prototype });
  });
