import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { Segment, Unit } from '../types.ts';
import { PACKAGE_PREFIX } from './filenames.ts';

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
    if (!FRAME.test(text)) {
      kept.push(text);
    } else if (BUILT_IN.test(text)) {
      builtIns.push(text);
    } else {
      const frame = mapFrame(unit, unitFilename, text);
      if (frame !== undefined) kept.push(...builtIns, frame.text);
      if (!frame?.place.file.startsWith(PACKAGE_PREFIX)) first ??= frame?.place;
      builtIns = [];
    }
  }
  const { file = null, line = null, column = null } = first ?? {};
  return { stack: kept.join('\n'), file, line, column };
}

/** A log line as it was written, or with the stack of an error that was logged mapped back to the author's files. */
export function inAuthorsLines(unit: Unit, unitFilename: string, message: string): string {
  return message.includes(unitFilename) ? mapStack(unit, unitFilename, message).stack : message;
}

/** The text without the frames of the unit that stand in it: names and positions of its code are not for whoever reads this. */
export function withoutFrames(unitFilename: string, text: string): string {
  if (!text.includes(unitFilename)) return text;
  const isFrame = (line: string): boolean => FRAME.test(line) && /<isolated-vm>|sluice:/.test(line);
  return text
    .split('\n')
    .filter((line) => !isFrame(line))
    .join('\n');
}

/** V8 indents frames by four, `ses` by two. */
const FRAME = /^ {2,4}at /;
const BUILT_IN = /\((?:<anonymous>|index \d{1,9})\)$/;

/** `    at name (file:1:2)` or `    at file:1:2`. Found from its end, so that no text makes it slow. */
function mapFrame(
  unit: Unit,
  unitFilename: string,
  text: string,
): { readonly text: string; readonly place: Place } | undefined {
  const start = text.lastIndexOf(unitFilename);
  const position = /^:(\d{1,9}):(\d{1,9})(\)?)$/.exec(text.slice(start + unitFilename.length));
  if (start === -1 || position === null || !/[ (]/.test(text.charAt(start - 1))) return undefined;
  const place = mapPosition(unit, Number(position[1]), Number(position[2]));
  if (place === undefined) return undefined;
  const located = `${place.file}:${place.line}:${place.column}${position[3]}`;
  return { text: text.slice(0, start) + located, place };
}
