// Ends with a chain of two thousand causes that closes to a ring.
export const handle_button = (data) =>
  attack(data, async () => {
    let error = new Error('first');
    const first = error;
    for (let depth = 0; depth < 2_000; depth += 1)
      error = Object.assign(Object.create(Error.prototype), { message: 'next', cause: error });
    first.cause = error;
    throw error;
  });
