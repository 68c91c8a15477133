import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { Segment, Unit } from '../types.ts';

/** A place in the author's file, or in a package (`npm:zod`). Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A stack for the author's eyes, and its first place in the author's own files: nulls if there is none. */
export interface MappedStack {
  readonly stack: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** A stack is text that hostile code may have written: no more of it than this is looked at. */
const MAX_CHARACTERS = 64 * 1024;

/** Decoding a map costs more than all look-ups in it. */
const traces = new WeakMap<Segment, TraceMap>();

/** Where a position of a unit's code comes from; undefined for the wrapper and for helpers that the compiler put in. */
export function mapPosition(unit: Unit, line: number, column: number): Place | undefined {
  const segment = unit.segments.find(
    (candidate) => line >= candidate.line && line < candidate.line + candidate.lines,
  );
  if (segment === undefined) return undefined;
  const trace = traces.get(segment) ?? new TraceMap(segment.map);
  traces.set(segment, trace);
  const needle = { line: line - segment.line + 1, column: Math.max(0, column - 1) };
  const found = originalPositionFor(trace, needle);
  if (found.source === null) return undefined;
  return { file: found.source, line: found.line, column: found.column + 1 };
}

/**
 * Rewrites a stack of V8 in which the unit's frames carry `unitFilename`. Frames of the author and of packages stay, with
 * their own files and lines; frames of the wrapper, the bootstrap and the engine go, save built-ins between two that stay.
 */
export function mapStack(unit: Unit, unitFilename: string, stack: string): MappedStack {
  const kept: string[] = [];
  let builtIns: string[] = [];
  let first: Place | undefined;
  for (const text of stack.slice(0, MAX_CHARACTERS).split('\n')) {
    if (!/^\s+at /.test(text)) {
      kept.push(text);
      continue;
    }
    if (/\((?:<anonymous>|index \d+)\)$/.test(text)) {
      builtIns.push(text);
      continue;
    }
    const frame = mapFrame(unit, unitFilename, text);
    if (frame !== undefined) {
      kept.push(...builtIns, frame.text);
      if (!frame.place.file.startsWith('npm:')) first ??= frame.place;
    }
    builtIns = [];
  }
  const { file = null, line = null, column = null } = first ?? {};
  return { stack: kept.join('\n'), file, line, column };
}

function mapFrame(
  unit: Unit,
  unitFilename: string,
  text: string,
): { readonly text: string; readonly place: Place } | undefined {
  const found = /^(.*[( ])([^\s(]+):(\d+):(\d+)(\)?)$/.exec(text);
  if (found === null || found[2] !== unitFilename) return undefined;
  const [, before = '', , line, column, after = ''] = found;
  const place = mapPosition(unit, Number(line), Number(column));
  if (place === undefined) return undefined;
  return { text: `${before}${place.file}:${place.line}:${place.column}${after}`, place };
}
