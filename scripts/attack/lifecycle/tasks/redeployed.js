// Is still running when another version is deployed; it ends with the code it began with.
export const handle_button = (data) =>
  attack(data, async () => {
    log('up');
    await new Promise((resolve) => setTimeout(resolve, 800));
    return (await guard.matches('x')) ? ['matched'] : [];
  });
