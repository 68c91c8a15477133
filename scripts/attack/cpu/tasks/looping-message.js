// Throws an error whose message is a getter that loops.
export const handle_button = (data) =>
  attack(data, async () => {
    throw {
      get message() {
        for (;;);
      },
    };
  });
