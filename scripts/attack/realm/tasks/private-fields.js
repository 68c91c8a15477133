// Marks shared objects with private fields by a constructor that returns another object.
export const handle_button = (data) =>
  attack(data, async () => {
    class Base {
      constructor(object) {
        return object;
      }
    }
    class Mark extends Base {
      #mark = 'left_behind';
      static on(object) {
        return #mark in object ? object.#mark : undefined;
      }
    }
    const marked = [];
    for (const [object] of sharedObjects()) {
      try {
        new Mark(object);
      } catch {}
      if (Mark.on(object)) marked.push(object);
    }
    // Marks of this class are gone with it; none may be seen as a property.
    return marked.filter((object) => object.left_behind || Object.keys(object).includes('mark')).length === 0
      ? []
      : ['seen'];
  });
