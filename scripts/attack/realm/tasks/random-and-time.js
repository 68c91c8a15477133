// Replaces chance, time and language settings for everybody.
export const handle_button = (data) =>
  attack(data, async () => {
    return through({
      random: () => {
        Math.random = () => 0;
        return Math.random() === 0;
      },
      now: () => {
        Date.now = () => 0;
        return Date.now() === 0;
      },
      zone: () => {
        Intl.DateTimeFormat.prototype.resolvedOptions = () => ({});
        return true;
      },
      crypto: () => {
        crypto.getRandomValues = () => 0;
        return crypto.getRandomValues(new Uint8Array(1)) === 0 && realGlobal().crypto;
      },
      parse: () => {
        json.parse = () => 'left_behind';
        return true;
      },
    });
  });
