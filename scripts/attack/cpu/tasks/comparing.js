// Sorts and normalizes long texts by the rules of a language.
export const handle_button = (data) =>
  attack(data, async () => {
    const texts = Array.from({ length: 4000 }, (_, at) => 'ä́'.repeat(400) + at);
    for (;;)
      texts.sort(new Intl.Collator('de', { usage: 'search' }).compare).map((text) => text.normalize('NFKD'));
  });
