// Has the secret sent to a host that is not allowed, in body, header, address and name of the host.
export const handle_button = (data) =>
  attack(data, async () => {
    return through(
      Object.fromEntries(['body', 'header', 'url', 'host'].map((part) => [part, () => send(part)])),
    );
  });
