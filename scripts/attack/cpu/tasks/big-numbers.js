// Multiplies whole numbers that grow with every step.
export const handle_button = (data) =>
  attack(data, async () => {
    let tower = 7n;
    for (;;) tower **= 3n;
  });
