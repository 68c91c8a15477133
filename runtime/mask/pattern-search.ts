/** From `start` up to and without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const ROOT = 0;
const NONE = 0;
const PAIRS = 0x1_0000;

/**
 * Finds many patterns at once in time linear in the data, whatever data and patterns are (Aho-Corasick).
 *
 * The patterns, of two bytes and more, form a trie of bytes. A node's children are a chain (`#child`, then `#sibling`),
 * since most nodes have one; the root's stand in a table. `#fallback` of a node is the node of its longest proper suffix
 * that is in the trie. `#longestAt` is the length of the longest pattern that ends at a node, `#patternAt` which one that
 * is. Node 0 is the root, and as a child means "none". `#starts` has a bit for each pair of bytes with which a pattern
 * begins: most data is passed over by it.
 */
export class PatternSearch {
  /** Length of the longest pattern in bytes. */
  readonly longest: number;
  readonly #byte: Uint8Array;
  readonly #child: Uint32Array;
  readonly #sibling: Uint32Array;
  readonly #fallback: Uint32Array;
  readonly #longestAt: Uint32Array;
  readonly #patternAt: Uint32Array;
  readonly #fromRoot = new Uint32Array(256);
  readonly #starts = new Uint32Array(PAIRS / 32);
  #nodes = 1;

  constructor(patterns: readonly Uint8Array[]) {
    const size = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
    this.longest = patterns.reduce((longest, pattern) => Math.max(longest, pattern.length), 0);
    this.#byte = new Uint8Array(size);
    this.#child = new Uint32Array(size);
    this.#sibling = new Uint32Array(size);
    this.#fallback = new Uint32Array(size);
    this.#longestAt = new Uint32Array(size);
    this.#patternAt = new Uint32Array(size);
    for (const [index, pattern] of patterns.entries()) this.#add(pattern, index);
    this.#linkFallbacks();
  }

  /** A search through data that may come in pieces. */
  walk(): Walk {
    return { node: ROOT, at: 0 };
  }

  /** Goes on to behind the next pattern and gives its number; -1 at the end of the data, where the next piece goes on. */
  next(walk: Walk, data: Uint8Array): number {
    const longestAt = this.#longestAt;
    let { node, at } = walk;
    while (at < data.length) {
      if (node === ROOT) at = this.#passOver(data, at);
      node = this.#step(node, data[at] ?? 0);
      at += 1;
      if (longestAt[node] !== 0) {
        walk.node = node;
        walk.at = at;
        return this.#patternAt[node] ?? 0;
      }
    }
    walk.node = node;
    walk.at = 0;
    return -1;
  }

  /** What the patterns cover, in order; matches that overlap are one span. */
  findAll(data: Uint8Array): Span[] {
    const spans: Span[] = [];
    const walk = this.walk();
    while (this.next(walk, data) !== -1) {
      append(spans, walk.at - (this.#longestAt[walk.node] ?? 0), walk.at);
    }
    return spans;
  }

  /** Where a pattern may begin, from `from` on; the last place at the latest. */
  #passOver(data: Uint8Array, from: number): number {
    const starts = this.#starts;
    const last = data.length - 1;
    let at = from;
    let pair = data[at] ?? 0;
    for (; at < last; at += 1) {
      pair = ((pair & 0xff) << 8) | (data[at + 1] ?? 0);
      if (((starts[pair >>> 5] ?? 0) >>> (pair & 31)) & 1) break;
    }
    return at;
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

  #add(pattern: Uint8Array, index: number): void {
    let node = ROOT;
    for (const byte of pattern) {
      const known = node === ROOT ? (this.#fromRoot[byte] ?? NONE) : this.#childOf(node, byte);
      node = known === NONE ? this.#addChild(node, byte) : known;
    }
    if (this.#longestAt[node] === 0) this.#patternAt[node] = index;
    this.#longestAt[node] = pattern.length;
    const pair = ((pattern[0] ?? 0) << 8) | (pattern[1] ?? 0);
    this.#starts[pair >>> 5] = (this.#starts[pair >>> 5] ?? 0) | (1 << (pair & 31));
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
        if (this.#longestAt[child] === 0) {
          this.#longestAt[child] = this.#longestAt[fallback] ?? 0;
          this.#patternAt[child] = this.#patternAt[fallback] ?? 0;
        }
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

/** How far a search got: in the trie, and in the piece of data it is in. */
export interface Walk {
  node: number;
  at: number;
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
