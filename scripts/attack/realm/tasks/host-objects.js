// Looks for the objects of Node.js and of the engine behind constructors and names.
export const handle_button = (data) =>
  attack(data, async () => {
    const names = [
      'process',
      'require',
      'module',
      'Buffer',
      'global',
      'ivm',
      '$0',
      '__dirname',
      'setImmediate',
      'WebAssembly',
      'SharedArrayBuffer',
      'Atomics',
      'Compartment',
      'lockdown',
      'harden',
      'fetch',
      'XMLHttpRequest',
      'WebSocket',
      'Worker',
      'gc',
      'd8',
      'print',
      'load',
    ];
    const inside = (make, name) => make(`return typeof ${name} === 'undefined' ? undefined : ${name}`)();
    const found = await through(
      Object.fromEntries(
        names.flatMap((name) => [
          [name, () => realGlobal()[name]],
          [`${name} in a function`, () => inside(Function, name)],
          [`${name} behind log`, () => inside(log.constructor, name)],
          [`${name} behind Protected Code`, () => inside(guard.matches.constructor, name)],
          [`${name} behind timers`, () => inside(setTimeout.constructor, name)],
        ]),
      ),
    );
    return found;
  });
