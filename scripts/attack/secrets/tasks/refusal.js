// Reads the error of a request whose address held the secret.
export const handle_button = (data) =>
  attack(data, async () => {
    const seen = [];
    for (const part of ['url', 'host'])
      seen.push(await send(part).catch((error) => `${error.name} ${error.message} ${error.stack}`));
    return seen.filter((text) => /canary/.test(text)).length === 0 ? [] : ['seen'];
  });
