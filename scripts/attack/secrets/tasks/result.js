// Returns the secret, in plain and encoded.
export const handle_button = (data) =>
  attack(data, async () => {
    return [await answer('plain'), await answer('base64'), { [await answer('hex')]: await answer('inside') }];
  });
