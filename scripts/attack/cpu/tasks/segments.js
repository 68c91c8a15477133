// Cuts a long text into words without end.
export const handle_button = (data) =>
  attack(data, async () => {
    for (;;) [...new Intl.Segmenter('th', { granularity: 'word' }).segment('สวัสดี'.repeat(20_000))];
  });
