// Gives data that looks like the marks with which dates and bytes cross.
export const handle_button = (data) =>
  attack(data, async () => {
    const forged = [
      { $: ['d', 0] },
      { $: ['b', 0, 'Uint8Array'] },
      { $: ['u'] },
      { $: ['o', [['__proto__', { left_behind: 1 }]]] },
      { $: { $: ['m', []] } },
      { $: ['s', [1]], other: 1 },
      [{ $: 'x' }],
    ];
    const odd = [];
    for (const value of forged)
      if (JSON.stringify(await guard.echo(value)) !== JSON.stringify(value)) odd.push(JSON.stringify(value));
    return odd;
  });
