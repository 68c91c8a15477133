// Doubles a text, and makes the engine write it out.
export const handle_button = (data) =>
  attack(data, async () => {
    let text = 'left_behind';
    for (;;) {
      text += text;
      /x$/.test(text);
    }
  });
