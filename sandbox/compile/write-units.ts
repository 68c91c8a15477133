import { PROTECTED_CAPABILITIES, TASK_CAPABILITIES } from '../capabilities.ts';
import { HANDLER_OF } from '../handlers.ts';
import type { ProtectedUnit, TaskUnit } from '../types.ts';
import type { Packages } from './packages.ts';
import type { AuthorModule } from './read-module.ts';
import { UnitText } from './unit-text.ts';
import { protectedExports, type VisibleName, visibleNames } from './visible-names.ts';

/*
 * A unit is nested scopes, so that each layer may declare a name of the layers around it:
 *
 *     ((capabilities and names of Protected Code) => { names of Common Code, or of packages; the task, or Protected Code })
 *
 * Each file is a strict function of its own inside that: its `var` and `function` must not reach out, and it finds no
 * variable here but those.
 */

const HANDLERS: readonly string[] = Object.values(HANDLER_OF);

/** One task with Common Code around it. `offered` are the names of Protected Code. */
export function writeTaskUnit(
  task: AuthorModule,
  common: AuthorModule | null,
  offered: readonly string[],
): TaskUnit {
  const shared = common === null ? [] : visibleNames(common);
  const awaits = task.awaits || common?.awaits === true;
  const mentioned = [task.mentions, common?.mentions ?? new Set<string>()];
  const mentions = mentionsOf(task, common, shared, offered);
  const functions = task.names.filter(({ kind }) => kind === 'function').map(({ name }) => name);

  const text = new UnitText();
  text.add(open(awaits, inScope(TASK_CAPABILITIES, mentioned), mentions));
  if (common !== null) addScope(text, common, shared, `const ${list(shared.map(({ name }) => name))} = `);
  addScope(
    text,
    task,
    functions.map((name) => ({ name, local: name })),
    'return ',
  );
  text.add('} })');
  return {
    ...text.finish(),
    handlers: functions.filter((name) => HANDLERS.includes(name)),
    functions,
    mentions,
  };
}

/** Protected Code with the packages that it imports. */
export function writeProtectedUnit(module: AuthorModule, packages: Packages | null): ProtectedUnit {
  const awaits = module.awaits || packages?.awaits === true;
  const mentioned = [module.mentions, packages?.mentions ?? new Set<string>()];
  const text = new UnitText();
  text.add(open(awaits, inScope(PROTECTED_CAPABILITIES, mentioned), []));
  if (packages !== null) addPackages(text, packages);
  addScope(text, module, visibleNames(module), 'return ');
  text.add('} })');
  return { ...text.finish(), exports: protectedExports(module) };
}

/** The head of a unit. A name of Protected Code hides a capability of the same name. */
function open(awaits: boolean, capabilities: readonly string[], mentions: readonly string[]): string {
  const names = capabilities.filter((name) => !mentions.includes(name));
  if (mentions.length > 0) names.push(`protected: ${list(mentions)}`);
  return `(${awaits ? 'async ' : ''}(${list(names)}) => { { `;
}

function addScope(text: UnitText, module: AuthorModule, names: readonly VisibleName[], before: string): void {
  text.add(`${before}${module.awaits ? 'await (async () => {' : '(() => {'} "use strict";`);
  text.addFile(module);
  text.add(`return ${record(names)}; })(); `);
}

function addPackages(text: UnitText, { code, map, names, awaits }: Packages): void {
  const taken = [...names.keys()];
  text.add(`const [${taken.join(', ')}] = ${awaits ? 'await (async () => {' : '(() => {'} "use strict";`);
  text.addFile({ file: 'npm', code, map });
  text.add(`return [${[...names.values()].join(', ')}]; })(); `);
}

const list = (names: readonly string[]): string => `{ ${names.join(', ')} }`;

/** Shorthand where it can be: `{ __proto__ }` is an ordinary property, `{ __proto__: x }` is not. */
const record = (names: readonly VisibleName[]): string =>
  list(names.map(({ name, local }) => (name === local ? name : `${name}: ${local}`)));

/** Only what is mentioned; all of it where `eval` could mention anything. */
function inScope(
  capabilities: readonly string[],
  mentioned: readonly ReadonlySet<string>[],
): readonly string[] {
  const has = (name: string): boolean => mentioned.some((names) => names.has(name));
  return has('eval') ? capabilities : capabilities.filter(has);
}

/** The names of Protected Code that Common Code or the task refer to and do not declare themselves. */
function mentionsOf(
  task: AuthorModule,
  common: AuthorModule | null,
  shared: readonly VisibleName[],
  offered: readonly string[],
): readonly string[] {
  const declares = (module: AuthorModule, name: string): boolean =>
    module.names.some((own) => own.name === name);
  const byCommon = (name: string): boolean => common?.mentions.has(name) === true && !declares(common, name);
  const byTask = (name: string): boolean =>
    task.mentions.has(name) && !declares(task, name) && !shared.some((visible) => visible.name === name);
  return offered.filter((name) => byCommon(name) || byTask(name));
}
