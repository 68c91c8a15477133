// Keeps the functions busy that run outside of its isolate.
export const handle_button = (data) =>
  attack(data, async () => {
    const block = new Uint8Array(1_000_000);
    for (;;) {
      await crypto.subtle.digest('SHA-512', block);
      new URL(`http://a.example/${'é'.repeat(1000)}`);
      crypto.getRandomValues(new Uint8Array(65_536));
    }
  });
