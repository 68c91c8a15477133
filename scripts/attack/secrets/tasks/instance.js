// Has Protected Code return an instance that holds the secret in a field.
export const handle_button = (data) =>
  attack(data, async () => {
    return leakyInstance();
  });
