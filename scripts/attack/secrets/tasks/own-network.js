// Reaches addresses of the server's own network, in each way of writing them.
export const handle_button = (data) =>
  attack(data, async () => {
    const hosts = [
      '127.0.0.1',
      'localhost',
      '0177.0.0.1',
      '2130706433',
      '0x7f.1',
      '127.1',
      '[::1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '0',
      '0.0.0.0',
      '169.254.169.254',
      '10.0.0.1',
      '100.64.0.1',
      '[fe80::1]',
      '[fd00::1]',
      'attack.invalid@127.0.0.1',
      'localhost.',
    ];
    return through(
      Object.fromEntries(hosts.map((host) => [host, () => reach(`http://${host}:4070/healthz`)])),
    );
  });
