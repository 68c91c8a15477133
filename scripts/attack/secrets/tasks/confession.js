// Has Protected Code write the secret to its log in every form.
export const handle_button = (data) =>
  attack(data, async () => {
    await confess();
    return [];
  });
