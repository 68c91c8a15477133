// Gives bytes that shrink, that are gone, and that other views still write to.
export const handle_button = (data) =>
  attack(data, async () => {
    const shared = new Uint8Array([1, 2, 3]);
    const pending = guard.echo([shared, shared.subarray(1)]);
    shared.fill(9);
    const [all, part] = await pending;
    all.fill(7);
    const detached = new Uint8Array(4);
    return through({
      late: () => part[0] !== 2,
      shared: () => part[0] === 7,
      own: () => shared[0] !== 9,
      detached: async () => {
        const { buffer } = detached;
        structuredClone(buffer, { transfer: [buffer] });
        return (await guard.echo(detached)).length !== detached.length;
      },
      length: async () =>
        (await guard.echo(Object.defineProperty(new Uint8Array(2), 'byteLength', { value: 2 ** 30 })))
          .byteLength !== 2,
    });
  });
