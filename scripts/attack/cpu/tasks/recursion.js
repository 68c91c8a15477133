// Calls itself until the stack ends, in built-ins that call back.
export const handle_button = (data) =>
  attack(data, async () => {
    const down = () => JSON.stringify({ toJSON: down });
    const further = () => [1].map(further);
    try {
      down();
    } catch {}
    return further();
  });
