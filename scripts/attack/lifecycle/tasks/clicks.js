// Is started sixty times at once, each burning a little.
export const handle_button = (data) =>
  attack(data, async () => {
    for (const end = Date.now() + 30; Date.now() < end; );
    return [];
  });
