import type { NameShape } from '../realm/names.ts';
import type { Encoded } from '../types.ts';
import { decode } from '../wire/decode.ts';

/**
 * What a vault runner says that Protected Code offers under `names`. It may be hostile: undefined unless the answer is one
 * shape for each name, in their order.
 */
export function readShapes(answer: Encoded, names: readonly string[]): readonly NameShape[] | undefined {
  let shapes: unknown;
  try {
    shapes = decode(answer);
  } catch {
    return undefined;
  }
  if (!Array.isArray(shapes) || shapes.length !== names.length) return undefined;
  return shapes.every((shape, index) => isShape(shape, names[index])) ? shapes : undefined;
}

function isShape(value: unknown, name: string | undefined): value is NameShape {
  if (typeof value !== 'object' || value === null) return false;
  const shape = value as Readonly<Record<string, unknown>>;
  if (shape.name !== name) return false;
  switch (shape.kind) {
    case 'function':
    case 'constant':
      return true;
    case 'functions':
      return Array.isArray(shape.members) && shape.members.every((member) => typeof member === 'string');
    case 'refused':
      return typeof shape.message === 'string';
    default:
      return false;
  }
}
