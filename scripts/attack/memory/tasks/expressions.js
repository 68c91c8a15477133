// Compiles regular expressions that are huge once they are machine code.
export const handle_button = (data) =>
  attack(data, async () => {
    const held = [];
    for (;;) {
      const expression = new RegExp(`(?:${'[^a]{1,50}'.repeat(2000)})${held.length}`, 'u');
      expression.test('b'.repeat(1000));
      held.push(expression);
    }
  });
