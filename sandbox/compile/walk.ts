import type { AnyNode } from 'acorn';

/** A node with where it hangs in its parent. */
export interface Visit {
  readonly node: AnyNode;
  readonly parent: AnyNode | null;
  /** The parent's property that holds it. */
  readonly key: string;
  readonly depth: number;
  /** True inside the body or the parameters of a function that the walk entered. */
  readonly inFunction: boolean;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Every node of a tree, parents first. Keeps its own stack: hostile trees are deeper than the machine's. */
export function* walk(root: AnyNode): Generator<Visit> {
  const stack: Visit[] = [{ node: root, parent: null, key: '', depth: 0, inFunction: false }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    yield visit;
    const { node } = visit;
    const inFunction = visit.inFunction || FUNCTIONS.has(node.type);
    for (const [key, value] of Object.entries(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) stack.push({ node: child, parent: node, key, depth: visit.depth + 1, inFunction });
      }
    }
  }
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** True for what makes the function around it asynchronous. */
export const isAwait = (node: AnyNode): boolean =>
  node.type === 'AwaitExpression' ||
  (node.type === 'ForOfStatement' && node.await) ||
  (node.type === 'VariableDeclaration' && node.kind === 'await using');
