// Leaves a match behind in the legacy properties of RegExp.
export const handle_button = (data) =>
  attack(data, async () => {
    /(left_behind)/.exec('left_behind');
    'left_behind'.replace(/(left)_(behind)/, '$2');
    return through({
      input: () => RegExp.input,
      first: () => RegExp.$1,
      last: () => RegExp['$&'],
      set: () => {
        RegExp.input = 'left_behind';
        return RegExp.input;
      },
    });
  });
