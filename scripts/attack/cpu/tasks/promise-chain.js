// Grows a chain of promises without end.
export const handle_button = (data) =>
  attack(data, async () => {
    const grow = () => Promise.resolve().then(grow);
    return grow();
  });
