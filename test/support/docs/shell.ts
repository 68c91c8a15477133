/** Commands of a shell sample, as words: comments, variables in front and where output goes (`|`, `>`) are taken away. */
export function commandsIn(sample: string): readonly (readonly string[])[] {
  return sample
    .split('\n')
    .flatMap((line) => splitAtPipes(wordsOf(line)))
    .map(withoutVariables)
    .map(withoutFile)
    .filter((words) => words.length > 0);
}

/** Words with their quotes taken off; a `|` outside of quotes is a word of its own. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/\||(?:"[^"]*"|'[^']*'|[^\s"'|])+/g)) {
    if (word.startsWith('#')) break;
    words.push(word === '|' ? word : word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return words;
}

function splitAtPipes(words: readonly string[]): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word === '|') commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands;
}

function withoutVariables(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  return start < 0 ? [] : words.slice(start);
}

function withoutFile(words: readonly string[]): readonly string[] {
  const end = words.indexOf('>');
  return end < 0 ? words : words.slice(0, end);
}

/** What stands behind `sluice`, or behind `npm run sluice --`; undefined for other commands. */
export function sluiceArguments([program, ...rest]: readonly string[]): readonly string[] | undefined {
  if (program === 'sluice') return rest;
  if (program !== 'npm' || rest[0] !== 'run' || rest[1] !== 'sluice') return undefined;
  return rest[2] === '--' ? rest.slice(3) : rest.slice(2);
}
