// Gives Protected Code instances, functions, promises, proxies, symbols, whole numbers without bound, and rings.
export const handle_button = (data) =>
  attack(data, async () => {
    const ring = {};
    ring.ring = ring;
    class Client {
      token = 1;
    }
    const bad = {
      Client: new Client(),
      function: () => 1,
      promise: Promise.resolve(1),
      proxy: new Proxy({}, {}),
      listProxy: new Proxy([], {}),
      symbol: Symbol('x'),
      big: 1n,
      ring,
      weak: new WeakMap(),
      error: new Error('x'),
      generator: (function* () {})(),
      regexp: /x/,
      boxed: Object('x'),
      temporal: globalThis.Temporal?.Now?.instant?.() ?? new Client(),
      view: new DataView(new ArrayBuffer(1)),
      list: new (class extends Array {})(),
      global: realGlobal(),
    };
    return through(
      Object.fromEntries(
        Object.entries(bad).map(([name, value]) => [
          name,
          async () => {
            await guard.echo({ items: [1, { value }] });
            return true;
          },
        ]),
      ),
    );
  });
