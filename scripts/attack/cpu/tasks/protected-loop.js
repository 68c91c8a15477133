// Has Protected Code loop forever on its behalf.
export const handle_button = (data) =>
  attack(data, async () => {
    return misbehave('loop');
  });
