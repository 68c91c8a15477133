// Guesses the secret letter by letter, and looks for an answer that is masked.
export const handle_button = (data) =>
  attack(data, async () => {
    const letters = 'canry-0123456789abcdef';
    const odd = [];
    for (const letter of letters) {
      for (const guess of [letter, `canary-${letter}`, b64encode(`canary-${letter}`)]) {
        if (await guard.matches(guess)) odd.push('matched');
        if ((await guard.echo(guess)) !== guess) odd.push(guess);
      }
    }
    return odd;
  });
