import type { Visit } from './walk.ts';

/** Properties of nodes whose identifiers are only words: `a` in `x.a`, `{a: 1}`, `a: for (;;) break a`. */
const WORDS: Readonly<Record<string, string>> = {
  MemberExpression: 'property',
  Property: 'key',
  MethodDefinition: 'key',
  PropertyDefinition: 'key',
  LabeledStatement: 'label',
  BreakStatement: 'label',
  ContinueStatement: 'label',
  ImportSpecifier: 'imported',
  ExportSpecifier: 'exported',
};

/** The name that a node refers to, or binds; undefined when it does neither. */
export function referredName({ node, parent, key }: Visit): string | undefined {
  if (node.type !== 'Identifier') return undefined;
  if (parent === null || WORDS[parent.type] !== key) return node.name;
  const computed = 'computed' in parent && parent.computed;
  const shorthand = 'shorthand' in parent && parent.shorthand;
  return computed || shorthand ? node.name : undefined;
}
