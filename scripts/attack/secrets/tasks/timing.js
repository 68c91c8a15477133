// Measures whether a guess that begins like the secret takes longer.
export const handle_button = (data) =>
  attack(data, async () => {
    const time = async (guess) => {
      const start = Date.now();
      for (let round = 0; round < 200; round += 1) await guard.matches(guess);
      return Date.now() - start;
    };
    const [one, other] = [await time('x'.repeat(43)), await time('canary-'.padEnd(43, 'x'))];
    // Milliseconds on a machine that does other things: only a difference that anybody could use counts.
    return Math.abs(one - other) > Math.max(one, other) * 0.9 && Math.max(one, other) > 500
      ? ['told apart']
      : [];
  });
