// Shows plain data to the check and an instance to the copy.
export const handle_button = (data) =>
  attack(data, async () => {
    let looks = 0;
    return [
      await guard
        .echo({
          get value() {
            looks += 1;
            return looks === 1 ? 'plain' : new Map([[1, () => 1]]);
          },
        })
        .then(({ value }) => (value === 'plain' ? looks : 'odd')),
    ];
  });
