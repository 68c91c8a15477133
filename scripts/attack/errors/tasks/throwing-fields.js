// Ends with an error that throws when it is looked at.
export const handle_button = (data) =>
  attack(data, async () => {
    const refuse = () => {
      throw new Error('inner', {
        cause: {
          get message() {
            throw 1;
          },
        },
      });
    };
    throw new Proxy(new Error('x'), {
      get: refuse,
      has: refuse,
      getPrototypeOf: refuse,
      getOwnPropertyDescriptor: refuse,
      ownKeys: refuse,
    });
  });
