// Goes on writing in a transaction that has ended, in one that failed, and in one within another.
export const handle_button = (data) =>
  attack(data, async () => {
    const model = env['attack.ended'];
    const late = [];
    await forget('attack.ended');
    const record = await model.create({ n: 0 });
    const reached = await through({
      forgotten: () => env.transaction(async () => void late.push(record.write({ n: 1 }).catch(() => {}))),
      nested: () =>
        env.transaction(() => env.transaction(() => record.write({ n: 2 })).catch(() => {})) && false,
      failed: () =>
        env.transaction(async () => {
          await record.write({ n: 3 });
          throw new Error('given up');
        }),
    });
    await Promise.allSettled(late);
    const n = (await record.read(['n']))[0].n;
    // Awaiting what a transaction that is over has left behind counts as going on in it: nothing can follow.
    const last = await through({
      after: async () => {
        let go = () => {};
        const gate = new Promise((resolve) => {
          go = resolve;
        });
        let answer;
        await env.transaction(async () => {
          answer = gate.then(() => record.write({ n: 4 }));
        });
        go();
        return answer;
      },
    });
    return n === 0 ? [...reached, ...last] : [...reached, ...last, `n is ${n}`];
  });
