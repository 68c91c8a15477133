import { z } from 'zod';
import { manifestSchema } from '../../../runtime/project/schema.ts';

/** Keys by section of project.yaml: `tasks`, `limits`, ... and `project.yaml` for the top. Triggers go by their type. */
export function manifestKeys(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  collect('project.yaml', manifestSchema, found);
  return found;
}

function collect(name: string, schema: unknown, found: Map<string, readonly string[]>): void {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodDiscriminatedUnion) {
    for (const option of inner.options) collect(typeOf(unwrapped(option)), option, found);
  }
  if (!(inner instanceof z.ZodObject)) return;
  found.set(name, Object.keys(inner.shape));
  for (const [key, value] of Object.entries(inner.shape)) collect(key, value, found);
}

/** Without what says that a value may be missing, is one of a list, or is changed once it was read. */
function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.unwrap());
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in);
  if (schema instanceof z.ZodArray) return unwrapped(schema.element);
  return schema;
}

function typeOf(trigger: unknown): string {
  const type: unknown = trigger instanceof z.ZodObject ? trigger.shape.type : undefined;
  return type instanceof z.ZodLiteral ? String(type.value) : '';
}
