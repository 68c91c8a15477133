// Calls names that Protected Code does not offer, those of prototypes included.
export const handle_button = (data) =>
  attack(data, async () => {
    const names = [
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      'valueOf',
      '_written',
      'secrets',
      'then',
    ];
    return through(
      Object.fromEntries(
        names.map((name) => [
          name,
          async () => {
            const member = Reflect.get(guard, name);
            if (typeof member !== 'function') return false;
            const answer = await member.call(guard, 'return this');
            return /secret|CANARY/i.test(JSON.stringify(answer) ?? '');
          },
        ]),
      ),
    );
  });
