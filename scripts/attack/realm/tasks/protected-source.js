// Reads the source of Protected Code through its functions.
export const handle_button = (data) =>
  attack(data, async () => {
    const isSource = (text) => /secrets|CANARY|=== /.test(text);
    return through({
      toString: () => isSource(guard.matches.toString()),
      text: () => isSource(String(use)),
      call: () => isSource(Function.prototype.toString.call(fail)),
      name: () => guard.matches.name === 'matches' && isSource(`${guard.matches}`),
      shown: () => isSource(JSON.stringify(Object.getOwnPropertyDescriptors(guard.matches))),
    });
  });
