// Has Protected Code call its own webhook.
export const handle_button = (data) =>
  attack(data, async () => {
    return through({ itself: async () => /reached/.test(await reach(webhooks.CALLER_GONE_HOOK)) });
  });
