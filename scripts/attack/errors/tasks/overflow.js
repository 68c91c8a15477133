// Ends in a stack that is full, caught and thrown again at its very end.
export const handle_button = (data) =>
  attack(data, async () => {
    const fall = () => {
      try {
        fall();
      } catch (error) {
        log('x');
        throw error;
      }
    };
    fall();
  });
