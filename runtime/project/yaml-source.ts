import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Diagnostic } from '../../sandbox/types.ts';
import { PROJECT_FILE } from './names.ts';
import { toPlain } from './yaml-value.ts';

export type Path = readonly (string | number)[];

/** The plain value of a YAML text, and where in the text each part of it stands. */
export interface YamlSource {
  readonly value: unknown;
  /** A diagnostic at the value of this path, or at the nearest thing around it that exists. */
  at(path: Path, message: string): Diagnostic;
  /** A diagnostic at the key itself. */
  atKey(path: Path, message: string): Diagnostic;
  /** True when the path exists and is not null. */
  has(path: Path): boolean;
}

export type YamlResult =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/** The parser's cost grows with tokens, not with bytes; this many take a fraction of a second at worst. */
const MAX_TOKENS = 50_000;
const MAX_ERRORS = 20;

/**
 * Reads one YAML 1.2 document (core schema) that is plain data: no aliases, anchors, tags, directives, duplicate or
 * non-text keys. The text is hostile input: too many tokens are refused before parsing.
 */
export function readYaml(text: string): YamlResult {
  if (hasTooManyTokens(text)) {
    const message = `this file is too complex: it has more than ${MAX_TOKENS} YAML tokens. Move data out of it.`;
    return { ok: false, errors: [{ file: PROJECT_FILE, line: 0, column: 0, message }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    stringKeys: true,
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const at = (offset: number, message: string) => diagnosticAt(lines, offset, message);
  const syntax = [...document.errors, ...document.warnings].slice(0, MAX_ERRORS);
  if (syntax.length > 0)
    return { ok: false, errors: syntax.map((error) => at(error.pos[0], explain(error))) };
  if (document.directives.yaml.explicit === true) {
    return { ok: false, errors: [at(0, 'remove the %YAML directive: the file is read as YAML 1.2')] };
  }
  const { value, faults } = toPlain(document.contents);
  if (faults.length > 0) {
    const errors = faults.slice(0, MAX_ERRORS).map((fault) => at(fault.offset, fault.message));
    return { ok: false, errors };
  }
  return { ok: true, source: makeSource(document, value, at) };
}

function explain(error: YAMLError): string {
  if (error.code === 'MULTIPLE_DOCS') return 'only one document is accepted: remove the second "---"';
  return `not valid YAML: ${error.message}`;
}

function hasTooManyTokens(text: string): boolean {
  let tokens = 0;
  for (const _ of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MAX_TOKENS) return true;
  }
  return false;
}

function diagnosticAt(lines: LineCounter, offset: number, message: string): Diagnostic {
  const { line, col } = lines.linePos(offset);
  return { file: PROJECT_FILE, line: Math.max(line, 1), column: Math.max(col, 1), message };
}

type Parsed = Document.Parsed<ParsedNode>;

function makeSource(
  document: Parsed,
  value: unknown,
  at: (offset: number, message: string) => Diagnostic,
): YamlSource {
  return {
    value,
    at: (path, message) => at(walk(document, path).valueOffset, message),
    atKey: (path, message) => at(walk(document, path).keyOffset, message),
    has: (path) => walk(document, path).present,
  };
}

/** Goes along the path as far as it exists. */
function walk(document: Parsed, path: Path): { valueOffset: number; keyOffset: number; present: boolean } {
  let node: Node | null = document.contents;
  let valueOffset = startOf(node) ?? 0;
  let keyOffset = valueOffset;
  for (const step of path) {
    const next: { key: Node | null; value: Node | null } | undefined = child(node, step);
    if (next === undefined) return { valueOffset, keyOffset, present: false };
    node = next.value;
    keyOffset = startOf(next.key) ?? startOf(node) ?? keyOffset;
    valueOffset = startOf(node) ?? keyOffset;
  }
  return { valueOffset, keyOffset, present: node !== null && !(isScalar(node) && node.value === null) };
}

function child(
  node: Node | null,
  step: string | number,
): { key: Node | null; value: Node | null } | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? undefined : { key: null, value: item as Node };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((entry) => isScalar(entry.key) && entry.key.value === step);
  return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value as Node | null };
}

function startOf(node: Node | null): number | undefined {
  return node?.range?.[0];
}
