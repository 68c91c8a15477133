// Counts in module scope, in template objects, in static blocks and in closures kept by promises.
export const handle_button = (data) =>
  attack(data, async () => {
    let count = 0;
    class Counter {
      static count = 0;
      static {
        Counter.count += 1;
      }
    }
    const site = ((strings) => strings)`left_behind`;
    try {
      site.count = (site.count ?? 0) + 1;
    } catch {}
    count += 1;
    return [count, Counter.count, (site.count ?? 0) + 1];
  });
