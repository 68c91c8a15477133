// Writes proxies, symbols, functions, and objects that refuse to be shown.
export const handle_button = (data) =>
  attack(data, async () => {
    const refuse = () => {
      throw new Error('refused');
    };
    const hostile = [
      Symbol('x'),
      () => 1,
      10n,
      new Proxy({}, {}),
      Object.create(null),
      { toString: refuse },
      { toJSON: refuse },
      new Date(NaN),
      { [Symbol.toStringTag]: 'x' },
      new Proxy(() => 1, {}),
      new (class extends Error {
        get stack() {
          return 'own';
        }
      })(),
    ];
    const thrown = [];
    hostile.forEach((value, at) => {
      try {
        log(value);
      } catch {
        thrown.push(at);
      }
    });
    try {
      log(new Proxy({}, { ownKeys: refuse }));
    } catch {}
    try {
      console.log('%s', ...hostile);
    } catch {}
    return thrown;
  });
