// Reads functions and receivers of other code out of structured stack frames.
export const handle_button = (data) =>
  attack(data, async () => {
    const frames = [];
    return through({
      prepare: () => {
        Error.prepareStackTrace = (_error, sites) =>
          frames.push(...sites.map((site) => site.getFunction() ?? site.getThis()));
        void new Error('x').stack;
        return frames.some(Boolean);
      },
      capture: () => {
        const holder = {};
        Error.captureStackTrace(holder);
        return typeof holder.stack !== 'string' && holder.stack !== undefined;
      },
      limit: () => {
        Error.stackTraceLimit = 1e9;
        return Error.stackTraceLimit === 1e9;
      },
      callSites: () => new Error('x').stack && typeof new Error('x').stack !== 'string',
    });
  });
