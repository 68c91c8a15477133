// Returns an instance deep inside of data.
export const handle_button = (data) =>
  attack(data, async () => {
    return { items: [1, 2, 3, { client: new (class Client {})() }] };
  });
