import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';

/** Something in a YAML tree that is not plain data. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}

const MAX_DEPTH = 64;

/**
 * The plain value of a YAML tree: maps, lists, text, numbers, true/false and null. What is more than that (aliases,
 * anchors, tags, duplicate keys, `__proto__`, numbers that JSON cannot say) comes back as faults.
 */
export function toPlain(root: Node | null): { value: unknown; faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const refuse = (node: Node, message: string) => {
    faults.push({ offset: node.range?.[0] ?? 0, message });
    return undefined;
  };

  const visit = (node: Node | null, depth: number): unknown => {
    if (node === null) return null;
    if (isAlias(node)) return refuse(node, 'aliases are not accepted: write the value again');
    if ('anchor' in node && node.anchor !== undefined)
      refuse(node, 'anchors are not accepted: remove "&..."');
    if (node.tag !== undefined) refuse(node, 'tags are not accepted: remove "!..."');
    if (depth > MAX_DEPTH) return refuse(node, `nested deeper than ${MAX_DEPTH} levels`);
    if (isSeq(node)) return node.items.map((item) => visit(item as Node, depth + 1));
    if (isMap(node)) return visitMap(node, depth);
    if (isScalar(node)) return visitScalar(node);
    return refuse(node, 'not plain data');
  };

  const visitMap = (map: YAMLMap, depth: number): Record<string, unknown> => {
    const plain: Record<string, unknown> = {};
    for (const pair of map.items) {
      const keyNode = pair.key as Node;
      const key = isScalar(keyNode) ? keyNode.value : undefined;
      const value = visit(pair.value as Node | null, depth + 1);
      if (isAlias(keyNode)) refuse(keyNode, 'aliases are not accepted: write the key itself');
      else if (typeof key !== 'string') refuse(keyNode, 'a key must be text');
      else if (key === '__proto__') refuse(keyNode, '"__proto__" cannot be a key: choose another name');
      else if (Object.hasOwn(plain, key)) refuse(keyNode, `"${key}" is given twice: keep one of them`);
      else plain[key] = value;
    }
    return plain;
  };

  const visitScalar = (node: Node & { value: unknown }): unknown => {
    if (typeof node.value !== 'number') return node.value;
    if (!Number.isFinite(node.value)) return refuse(node, 'not a number that JSON has: put it in quotes');
    if (Number.isInteger(node.value) && !Number.isSafeInteger(node.value)) {
      return refuse(node, 'too large to be kept exactly as a number: put it in quotes');
    }
    return node.value;
  };

  return { value: visit(root, 0), faults };
}
