// Calls Protected Code after its project was switched off.
export const handle_button = (data) =>
  attack(data, async () => {
    log('up');
    await new Promise((resolve) => setTimeout(resolve, 800));
    return [await guard.matches('x')].filter(Boolean);
  });
