// Rejects with an object that is itself a promise of another error.
export const handle_button = (data) =>
  attack(data, async () => {
    throw { then: (_, reject) => reject(new Error('x')), message: { then() {} } };
  });
