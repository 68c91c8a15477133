// Throws a proxy whose every trap loops.
export const handle_button = (data) =>
  attack(data, async () => {
    const loop = () => {
      for (;;);
    };
    throw new Proxy(
      {},
      { get: loop, has: loop, ownKeys: loop, getPrototypeOf: loop, getOwnPropertyDescriptor: loop },
    );
  });
