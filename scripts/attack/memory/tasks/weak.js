// Floods weak references and registrations.
export const handle_button = (data) =>
  attack(data, async () => {
    const registry = new FinalizationRegistry(() => {});
    const held = [];
    for (;;) {
      const object = {};
      held.push(new WeakRef(object), object);
      registry.register(object, held);
    }
  });
