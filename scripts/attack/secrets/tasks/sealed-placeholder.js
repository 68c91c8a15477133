// Has Protected Code hand out the placeholder of a sealed secret in every way in which data leave.
export const handle_button = (data) =>
  attack(data, async () => {
    const seen = [];
    await sealed.give('log').catch(() => {});
    for (const way of ['plain', 'inside', 'bytes', 'register', 'declaration', 'error']) {
      const text = await sealed.give(way).then(
        (value) => `let through: ${JSON.stringify(value)}`,
        (error) => `${error.name} ${error.message} ${error.stack}`,
      );
      if (text.startsWith('let through') || /sluice-sealed-|canary/.test(text)) seen.push(way);
    }
    return (await registers.get('sealed', 'kept')) === null ? seen : [...seen, 'kept'];
  });
