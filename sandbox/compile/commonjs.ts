import type { AnyNode, Program } from 'acorn';

/** A statement at the top level that is written for Node.js, and what to write instead. */
export interface CommonJs {
  readonly start: number;
  readonly message: string;
}

/** `export =` and `import x = require()` of TypeScript have become these, too, when a file is looked at. */
export function findCommonJs({ body }: Program): readonly CommonJs[] {
  return body.flatMap((node) => {
    if (node.type === 'VariableDeclaration' && node.declarations.some(({ init }) => isRequire(init))) {
      return [{ start: node.start, message: NO_REQUIRE }];
    }
    const target = node.type === 'ExpressionStatement' && assigned(node.expression);
    return target && isExports(target) ? [{ start: node.start, message: NO_MODULE }] : [];
  });
}

const NO_REQUIRE =
  '`require` does not exist here. In Protected Code, write `import` and the name of a package.';
const NO_MODULE = '`module.exports` does not exist here. Write `export` in front of what the file offers.';

const isNamed = (node: AnyNode, name: string): boolean => node.type === 'Identifier' && node.name === name;

const isRequire = (node: AnyNode | null | undefined): boolean =>
  node?.type === 'CallExpression' && isNamed(node.callee, 'require');

const assigned = (node: AnyNode): AnyNode | undefined =>
  node.type === 'AssignmentExpression' ? node.left : undefined;

const isExports = (node: AnyNode): boolean =>
  node.type === 'MemberExpression' && isNamed(node.object, 'module') && isNamed(node.property, 'exports');
