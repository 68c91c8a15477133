// Returns a proxy that was revoked.
export const handle_button = (data) =>
  attack(data, async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return { proxy };
  });
