import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createProgram } from '../../server/cli/program.ts';
import { readConfig } from '../../server/config.ts';
import { parseArguments } from '../../server/parse-arguments.ts';
import { SURFACE } from '../../server/surface.ts';
import { pageOf, pages } from '../support/docs/pages.ts';
import { commandsIn, sluiceArguments } from '../support/docs/shell.ts';

const commands = pages
  .flatMap((page) => page.samples.filter(({ kind }) => kind === 'sh'))
  .flatMap(({ place, text }) => commandsIn(text).map((words) => ({ place, line: words.join(' '), words })));

const ofProgram = (program: string) => commands.filter(({ words }) => words[0] === program);

/** The real command line, whose commands do nothing. */
function idleProgram(): Command {
  const program = createProgram();
  const silence = (command: Command): void => {
    for (const each of command.commands) {
      each.action(() => {});
      silence(each);
    }
  };
  silence(program);
  return program;
}

describe('a command in the documentation', () => {
  it('is of a program that readers have', () => {
    const known = ['npm', 'sluice', 'curl', 'echo', 'sqlite3', 'psql', 'createdb', 'createuser'];
    expect(commands.filter(({ words }) => !known.includes(words[0] ?? '')).map(({ line }) => line)).toEqual(
      [],
    );
  });

  const ours = commands.flatMap((command) => {
    const argv = sluiceArguments(command.words);
    return argv === undefined ? [] : [{ ...command, argv }];
  });
  const isServe = ({ argv }: { readonly argv: readonly string[] }) => argv[0] === 'serve';

  it.each(ours.filter((command) => !isServe(command)))('is there: $line', async ({ argv }) => {
    await idleProgram().parseAsync([...argv], { from: 'user' });
  });

  it.each(ours.filter(isServe))('starts a server: $line', ({ argv }) => {
    const { flags } = parseArguments(argv.slice(1));
    expect(Object.keys(readConfig({ flags, env: {}, file: null }))).not.toEqual([]);
  });

  it.each(ofProgram('npm'))('is a script of package.json: $line', ({ words: [, verb, script] }) => {
    const scripts: readonly string[] = Object.keys(packageJson.scripts);
    if (verb === 'run') expect(scripts).toContain(script);
    else if (verb !== 'ci') expect(scripts).toContain(verb);
  });

  it.each(ofProgram('curl'))('calls what is there: $line', ({ words }) => {
    const url = words.find((word) => word.startsWith('http://')) ?? '';
    const method = words[words.indexOf('-X') + 1];
    const verb = words.includes('-X') ? method : words.includes('--json') ? 'POST' : 'GET';
    const rows = SURFACE.filter((row) => row.verb === verb).map(({ path }) => path);
    const { pathname } = new URL(url);
    expect(rows.some((path) => matches(path, pathname))).toBe(true);
  });
});

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(path);
}

describe('docs/cli.md', () => {
  const { text } = pageOf('docs/cli.md');
  const leaves = (command: Command, names: readonly string[]): { name: string; command: Command }[] =>
    command.commands.flatMap((each) => {
      const own = [...names, each.name()];
      const isGroup = each.commands.length > 0 && each.options.length === 0;
      return [...(isGroup ? [] : [{ name: own.join(' '), command: each }]), ...leaves(each, own)];
    });

  it.each(leaves(createProgram(), []))('tells of $name and all its options', ({ name, command }) => {
    expect(text).toContain(`\`${name}\``);
    const flags = command.options.map(({ long }) => long ?? '');
    const missing = flags.filter((flag) => !text.includes(flag) && flag !== '--follow');
    expect(missing).toEqual([]);
  });
});
