// Ends with an aggregate of two hundred thousand errors.
export const handle_button = (data) =>
  attack(data, async () => {
    throw new AggregateError(
      Array.from({ length: 200_000 }, (_, at) => ({ at })),
      'many',
    );
  });
