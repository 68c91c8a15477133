import { isMap, isSeq, parseDocument } from 'yaml';
import type { Path } from './yaml-source.ts';

/** A part of the active project.yaml, and where it goes in the new one. */
export interface Move {
  readonly from: Path;
  readonly to: Path;
}

/**
 * A project.yaml with parts of the active one put in, comments included. Both texts have been accepted by `parseManifest`
 * before; an item is moved into a list by the index behind its last one.
 */
export function carryOver(text: string, activeText: string, moves: readonly Move[]): string {
  const document = parseDocument(text, { stringKeys: true });
  const active = parseDocument(activeText, { stringKeys: true });
  for (const { from, to } of moves) {
    const [list, index] = to;
    if (typeof index === 'number' && !isSeq(document.get(list))) document.set(list, document.createNode([]));
    if (typeof index === 'string' && !isMap(document.get(list))) document.set(list, document.createNode({}));
    document.setIn(to, active.getIn(from, true));
  }
  return document.toString({ lineWidth: 0 });
}
