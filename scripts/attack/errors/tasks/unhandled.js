// Leaves rejections that nobody handles, a getter and a proxy among them.
export const handle_button = (data) =>
  attack(data, async () => {
    Promise.reject(new Error('left_behind'));
    Promise.reject({
      get message() {
        throw 1;
      },
    });
    Promise.reject(
      new Proxy(
        {},
        {
          get() {
            throw 2;
          },
        },
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    Promise.reject(null);
    return [];
  });
