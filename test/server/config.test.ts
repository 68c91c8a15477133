import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addressMatcher } from '../../runtime/addresses.ts';
import { type ConfigSources, readConfig, unknownVariables } from '../../server/config.ts';
import { readConfigFile } from '../../server/config-file.ts';
import { OPTION_NAMES, OPTIONS, variableOf } from '../../server/config-options.ts';
import { takeSecrets, warningsOf } from '../../server/environment.ts';
import { helpText, parseArguments } from '../../server/parse-arguments.ts';

const read = ({ flags = {}, env = {}, file = null }: Partial<ConfigSources>) =>
  readConfig({ flags, env, file });
const file = (values: unknown) => ({ name: 'sluice.yaml', values });

describe('configuration', () => {
  it('has a default for everything that needs one', () => {
    expect(read({})).toEqual({
      data: './data',
      database_url: undefined,
      no_http: false,
      no_work: false,
      lease: 60,
      database_connections: 16,
      host: '127.0.0.1',
      port: 4070,
      base_url: undefined,
      hook_url: undefined,
      durability: 'full',
      grace: 10,
      log_level: 'info',
      sandbox: 'basic',
      trusted_proxies: [],
      max_body: 10 * 1024 * 1024,
      max_webhooks: 1000,
      max_project_webhooks: 200,
      max_webhook_bytes: 256 * 1024 * 1024,
      max_records: 8 * 1024 ** 3,
      query_timeout: 10,
      max_log_bytes: 10 * 1024 ** 3,
      ledger_checkpoints: undefined,
      packages: undefined,
      tsc: undefined,
    });
  });

  it('takes a flag over the environment, that over the file, that over the default', () => {
    const env = { SLUICE_PORT: '2' };
    expect(read({ flags: { port: '1' }, env, file: file({ port: 3 }) }).port).toBe(1);
    expect(read({ env, file: file({ port: 3 }) }).port).toBe(2);
    expect(read({ file: file({ port: 3 }) }).port).toBe(3);
  });

  it('takes an empty variable as not set', () => {
    expect(read({ env: { SLUICE_PORT: '' }, file: file({ port: 3 }) }).port).toBe(3);
  });

  it.each([
    ['port', '0', 0],
    ['port', '65535', 65_535],
    ['grace', '0', 0],
    ['max_body', '500KB', 512_000],
    ['max_body', '32 MB', 32 * 1024 ** 2],
    ['base_url', 'https://sluice.example.org/', 'https://sluice.example.org'],
    ['hook_url', 'https://example.org/in/', 'https://example.org/in'],
    ['trusted_proxies', '10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['trusted_proxies', '', []],
    ['durability', 'relaxed', 'relaxed'],
    ['sandbox', 'auto', 'basic'],
    ['sandbox', 'require=sealed', 'sealed'],
  ] as const)('reads %s from "%s"', (name, text, value) => {
    expect(read({ flags: { [name]: text } })[name]).toEqual(value);
  });

  it.each([
    ['port', '65536', /--port: "65536".*0 to 65535/],
    ['port', '-1', /--port/],
    ['port', '', /--port/],
    ['port', '40 70', /--port/],
    ['port', '0x10', /--port/],
    ['grace', '1.5', /--grace.*whole seconds/],
    ['durability', 'fast', /--durability: "fast".*full or relaxed/],
    ['log_level', 'loud', /--log-level.*debug, info, warning or error/],
    ['max_body', '10', /--max-body.*10MB/],
    ['max_body', '33MB', /--max-body/],
    ['max_body', '0MB', /--max-body/],
    ['base_url', 'sluice.example.org', /--base-url.*https:/],
    ['base_url', 'ftp://example.org', /--base-url/],
    ['hook_url', 'https://user:pass@example.org', /--hook-url/],
    ['hook_url', 'https://example.org/?a=1', /--hook-url/],
    ['trusted_proxies', '10.0.0.0/33', /--trusted-proxies/],
    ['trusted_proxies', 'proxy.example.org', /--trusted-proxies/],
    ['sandbox', 'sealed', /--sandbox.*require=LEVEL/],
    ['sandbox', 'require=more', /--sandbox.*basic, limited, offline, sealed/],
    ['data', '', /--data/],
  ])('refuses %s "%s" with its name and what it accepts', (name, text, message) => {
    expect(() => read({ flags: { [name]: text } })).toThrow(message);
  });

  it('names the variable or the file where a wrong value stands', () => {
    expect(() => read({ env: { SLUICE_PORT: 'tcp://10.0.0.1:4070' } })).toThrow(/^SLUICE_PORT: .*accepts/);
    expect(() => read({ file: file({ port: 'x' }) })).toThrow(/^port in sluice\.yaml: /);
    expect(() => read({ file: file({ port: [1] }) })).toThrow(/^port in sluice\.yaml: it accepts/);
  });

  it('refuses an unknown key of the file by name', () => {
    expect(() => read({ file: file({ prot: 1 }) })).toThrow(/^prot in sluice\.yaml is not an option.*port/);
    expect(() => read({ file: file(JSON.parse('{"__proto__": 1}')) })).toThrow(/__proto__/);
    expect(() => read({ file: file({ constructor: 1 }) })).toThrow(/constructor/);
  });

  it('reads keys of the file with dashes too, but not twice', () => {
    expect(read({ file: file({ 'max-body': '1MB' }) }).max_body).toBe(1024 * 1024);
    expect(() => read({ file: file({ 'max-body': '1MB', max_body: '2MB' }) })).toThrow(/twice/);
  });

  it('takes an empty file as no file, and refuses one that holds something else than options', () => {
    expect(read({ file: file(null) }).port).toBe(4070);
    expect(() => read({ file: file(['port']) })).toThrow(/name: value/);
  });

  it('notices variables with our prefix that mean nothing', () => {
    const env = { SLUICE_PROT: '1', SLUICE_PORT: '1', SLUICE_TOKEN: 'x', PATH: '/bin' };
    expect(unknownVariables(env)).toEqual(['SLUICE_PROT']);
  });
});

describe('the configuration file', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'sluice-config-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('must exist when it was asked for', async () => {
    await expect(readConfigFile(path.join(dir, 'none.yaml'))).rejects.toThrow(/none\.yaml cannot be read/);
    expect(await readConfigFile(undefined)).toBeNull();
  });

  it('is refused when it is not YAML or has aliases', async () => {
    const name = path.join(dir, 'bad.yaml');
    writeFileSync(name, 'port: [1');
    await expect(readConfigFile(name)).rejects.toThrow(/not valid YAML/);
    writeFileSync(name, 'host: &a x\ndata: *a');
    await expect(readConfigFile(name)).rejects.toThrow(/not valid YAML/);
  });
});

describe('the arguments of serve', () => {
  it('become options by their names', () => {
    expect(parseArguments(['--base-url', 'http://a', '--port=0', '--config', 'c.yaml'])).toEqual({
      flags: { base_url: 'http://a', port: '0' },
      config: 'c.yaml',
      help: false,
    });
  });

  it.each([
    [['--prot', '1'], /--prot/],
    [['--port'], /--port/],
    [['here'], /here/],
  ])('refuse %j by name', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(message);
  });

  it('are all explained', () => {
    expect(helpText()).toContain('--trusted-proxies');
    expect(helpText()).toContain('SLUICE_MAX_BODY');
  });

  it.each(OPTION_NAMES)('are shown with the default of %s', (name) => {
    const { schema } = OPTIONS[name];
    const line = helpText().match(new RegExp(`^.*; ${variableOf(name)}$`, 'm'))?.[0] ?? '';
    const written = /; (\S+) unless given;/.exec(line)?.[1];
    const standard: unknown = schema.parse(undefined);
    if (written !== undefined) expect(schema.parse(written)).toEqual(standard);
    else expect([undefined, [], false]).toContainEqual(standard);
  });
});

describe('secrets of the environment', () => {
  it('are taken out of it', () => {
    const env = { SLUICE_ADMIN_TOKEN: 'a'.repeat(16), SLUICE_KEYRING: 'k', PATH: '/bin' };
    expect(takeSecrets(env)).toEqual({ adminToken: 'a'.repeat(16), adminPassword: undefined, keyring: 'k' });
    expect(env).toEqual({ PATH: '/bin' });
  });

  it('refuse a token that no header can carry, without repeating it', () => {
    const token = 'has a space in it';
    const take = () => takeSecrets({ SLUICE_ADMIN_TOKEN: token });
    expect(take).toThrow('SLUICE_ADMIN_TOKEN');
    expect(take).not.toThrow(token);
  });

  it('come with a warning when they are weak or useless, without their texts', () => {
    const given = takeSecrets({ SLUICE_ADMIN_TOKEN: 'weak-one', SLUICE_ADMIN_PASSWORD: 'letmein' });
    const warnings = warningsOf(given).join();
    expect(warnings).toMatch(/SLUICE_ADMIN_TOKEN is short.*SLUICE_ADMIN_PASSWORD has no effect/);
    expect(warnings).not.toMatch(/weak-one|letmein/);
  });
});

describe('a list of addresses', () => {
  it('matches single addresses and networks of both families', () => {
    const matches = addressMatcher(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);
    expect(['10.9.8.7', '192.0.2.1', 'fd12::1'].every(matches)).toBe(true);
    expect(['11.0.0.1', '192.0.2.2', '::1'].some(matches)).toBe(false);
  });
});
