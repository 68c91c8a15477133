import type { AnyNode, Expression, Pattern, Program, Property } from 'acorn';

/** A name that a file declares at its top level. */
export interface TopLevelName {
  readonly name: string;
  /** `function`: declared as one, or a constant that is one. `functions`: a constant, an object of nothing else. */
  readonly kind: 'function' | 'functions' | 'other';
  /** Names of the functions in an object of functions. */
  readonly members: readonly string[];
  /** Where in the text the declaration starts. */
  readonly start: number;
}

const other = (name: string, start: number): TopLevelName => ({ name, kind: 'other', members: [], start });

/** The names declared at the top level of a parsed file, exported or not; imports are not among them. */
export function topLevelNames(program: Program): readonly TopLevelName[] {
  const names = new Map<string, TopLevelName>();
  const functions = new Set<string>();
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (!declaration) continue;
    for (const found of declaredBy(declaration)) {
      names.set(found.name, found);
      if (found.kind === 'function') functions.add(found.name);
    }
  }
  return [...names.values()].map((found) => withKnownMembers(found, functions));
}

/** Names in an object that stand for other names count as functions only when those are. */
function withKnownMembers(
  found: TopLevelName & { readonly refers?: readonly string[] },
  functions: Set<string>,
) {
  const { refers = [], ...name } = found;
  return refers.every((referred) => functions.has(referred)) ? name : other(name.name, name.start);
}

function declaredBy(node: AnyNode): readonly TopLevelName[] {
  switch (node.type) {
    case 'FunctionDeclaration':
      return node.id ? [{ name: node.id.name, kind: 'function', members: [], start: node.start }] : [];
    case 'ClassDeclaration':
      return node.id ? [other(node.id.name, node.start)] : [];
    case 'VariableDeclaration':
      return node.declarations.flatMap(({ id, init }) =>
        node.kind === 'const' && id.type === 'Identifier' && init
          ? [constant(id.name, init, node.start)]
          : boundNames(id).map((name) => other(name, node.start)),
      );
    default:
      return [];
  }
}

function constant(name: string, value: Expression, start: number): TopLevelName {
  if (isFunction(value)) return { name, kind: 'function', members: [], start };
  const members = value.type === 'ObjectExpression' ? functionMembers(value.properties) : undefined;
  if (members === undefined) return other(name, start);
  return { name, kind: 'functions', start, ...members };
}

/** Undefined when an object literal holds anything but functions with plain names. */
function functionMembers(
  properties: readonly AnyNode[],
): { readonly members: readonly string[]; readonly refers: readonly string[] } | undefined {
  const members = new Set<string>();
  const refers: string[] = [];
  for (const property of properties) {
    if (property.type !== 'Property' || property.kind !== 'init') return undefined;
    const name = plainKey(property as Property);
    const { value } = property;
    if (name === undefined) return undefined;
    if (value.type === 'Identifier') refers.push(value.name);
    else if (!isFunction(value)) return undefined;
    if (!name.startsWith('_')) members.add(name);
  }
  return members.size > 0 ? { members: [...members], refers } : undefined;
}

/** Undefined for a computed key, and for the `__proto__: x` that sets the prototype. */
function plainKey({ key, computed, shorthand, method }: Property): string | undefined {
  if (computed) return undefined;
  const name =
    key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value ?? '') : undefined;
  return name === '__proto__' && !shorthand && !method ? undefined : name;
}

const isFunction = (node: AnyNode): boolean =>
  node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';

/** The names that a pattern binds: `{a, b: [c, ...d]}` binds a, c and d. */
function boundNames(pattern: Pattern): readonly string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? boundNames(element) : []));
    case 'RestElement':
      return boundNames(pattern.argument);
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    default:
      return [];
  }
}
