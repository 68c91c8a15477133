// Ends with an error of Protected Code that holds the secret.
export const handle_button = (data) =>
  attack(data, async () => {
    return fail('inside');
  });
