/** From `start` up to and without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const ROOT = 0;
const NONE = 0;

/**
 * Finds many patterns at once in time linear in the data, whatever data and patterns are (Aho-Corasick).
 *
 * The patterns form a trie of bytes. A node's children are a chain (`#child`, then `#sibling`), since most nodes have
 * one; the root's stand in a table. `#fallback` of a node is the node of its longest proper suffix that is in the trie.
 * `#longestAt` is the length of the longest pattern that ends at a node. Node 0 is the root, and as a child means "none".
 */
export class PatternSearch {
  /** Length of the longest pattern in bytes. */
  readonly longest: number;
  readonly #byte: Uint8Array;
  readonly #child: Uint32Array;
  readonly #sibling: Uint32Array;
  readonly #fallback: Uint32Array;
  readonly #longestAt: Uint32Array;
  readonly #fromRoot = new Uint32Array(256);
  #nodes = 1;

  constructor(patterns: readonly Uint8Array[]) {
    const size = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
    this.longest = patterns.reduce((longest, pattern) => Math.max(longest, pattern.length), 0);
    this.#byte = new Uint8Array(size);
    this.#child = new Uint32Array(size);
    this.#sibling = new Uint32Array(size);
    this.#fallback = new Uint32Array(size);
    this.#longestAt = new Uint32Array(size);
    for (const pattern of patterns) this.#add(pattern);
    this.#linkFallbacks();
  }

  /** Whether any pattern is in the data. */
  finds(data: Uint8Array): boolean {
    let node = ROOT;
    for (let at = 0; at < data.length; at += 1) {
      node = this.#step(node, data[at] ?? 0);
      if (this.#longestAt[node] !== 0) return true;
    }
    return false;
  }

  /** What the patterns cover, in order; matches that overlap are one span. */
  findAll(data: Uint8Array): Span[] {
    const spans: Span[] = [];
    let node = ROOT;
    for (let at = 0; at < data.length; at += 1) {
      node = this.#step(node, data[at] ?? 0);
      const length = this.#longestAt[node] ?? 0;
      if (length !== 0) append(spans, at + 1 - length, at + 1);
    }
    return spans;
  }

  #step(from: number, byte: number): number {
    let node = from;
    while (node !== ROOT) {
      const next = this.#childOf(node, byte);
      if (next !== NONE) return next;
      node = this.#fallback[node] ?? ROOT;
    }
    return this.#fromRoot[byte] ?? NONE;
  }

  #childOf(node: number, byte: number): number {
    let child = this.#child[node] ?? NONE;
    while (child !== NONE && this.#byte[child] !== byte) child = this.#sibling[child] ?? NONE;
    return child;
  }

  #add(pattern: Uint8Array): void {
    let node = ROOT;
    for (const byte of pattern) {
      const known = node === ROOT ? (this.#fromRoot[byte] ?? NONE) : this.#childOf(node, byte);
      node = known === NONE ? this.#addChild(node, byte) : known;
    }
    this.#longestAt[node] = pattern.length;
  }

  #addChild(parent: number, byte: number): number {
    const node = this.#nodes;
    this.#nodes += 1;
    this.#byte[node] = byte;
    this.#sibling[node] = this.#child[parent] ?? NONE;
    this.#child[parent] = node;
    if (parent === ROOT) this.#fromRoot[byte] = node;
    return node;
  }

  /** Level by level, so that the shorter suffixes are linked before the nodes that fall back to them. */
  #linkFallbacks(): void {
    const queue = this.#childrenOf(ROOT);
    for (const node of queue) {
      for (const child of this.#childrenOf(node)) {
        const fallback = this.#step(this.#fallback[node] ?? ROOT, this.#byte[child] ?? 0);
        this.#fallback[child] = fallback;
        if (this.#longestAt[child] === 0) this.#longestAt[child] = this.#longestAt[fallback] ?? 0;
        queue.push(child);
      }
    }
  }

  #childrenOf(node: number): number[] {
    const children: number[] = [];
    for (let child = this.#child[node] ?? NONE; child !== NONE; child = this.#sibling[child] ?? NONE) {
      children.push(child);
    }
    return children;
  }
}

/** `end` is greater than that of every span before it. */
function append(spans: Span[], start: number, end: number): void {
  let from = start;
  for (let last = spans.at(-1); last !== undefined && last.end > from; last = spans.at(-1)) {
    from = Math.min(from, last.start);
    spans.pop();
  }
  spans.push({ start: from, end });
}
