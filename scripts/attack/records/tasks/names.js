// Names fields, models and orders so that they could become SQL, paths of JSON, or prototypes.
export const handle_button = (data) =>
  attack(data, async () => {
    const model = env['attack.names'];
    const record = await model.create({ n: 1 });
    const odd = [
      'n"',
      "n'",
      'n.m',
      'n[0]',
      '$',
      '$.n',
      'n"]\' OR 1=1 --',
      'n\0',
      'ｎ',
      'n ',
      '"n"',
      'a'.repeat(65),
      '',
    ];
    const attempts = {};
    for (const name of odd) {
      attempts[`field ${name}`] = () => record.write({ [name]: 1 });
      attempts[`searched ${name}`] = () => model.search([[name, '=', 1]]);
      attempts[`ordered ${name}`] = () =>
        name !== 'n ' && name !== '' && model.search([], { order: `${name} desc` });
      attempts[`loaded ${name}`] = () => model.search([], { fields: [name] });
    }
    for (const name of [
      'res.partner"; DROP TABLE jobs',
      'Sqlite_schema',
      'x..y',
      '../x',
      'a'.repeat(100),
      'x; --',
    ]) {
      attempts[`model ${name}`] = () => model.call.constructor && env[name] && env[name].search([]);
    }
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      attempts[`prototype ${name}`] = async () => {
        const values = Object.fromEntries([[name, { polluted: true }]]);
        const made = await model.create(values);
        return {}.polluted === true || made.get(name)?.polluted !== true;
      };
    }
    const reached = await through(attempts);
    await forget('attack.names');
    return reached;
  });
