import type { Measure } from './levels.ts';

/** A child that is about to be started. */
export interface ShutIn {
  readonly role: 'runner' | 'compiler' | 'reader';
  /** A user id that owns nothing and no other child has, where such users are given. */
  readonly uid: number | undefined;
  /** A directory of its own that it may write to. */
  readonly directory: string | undefined;
  /** Files of the server that are there for it. */
  readonly files?: ServerFiles | undefined;
}

/** Absolute paths of files that exist. Those to write to may be read as well. */
export interface ServerFiles {
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** The way to them is closed to their owner: only root's right to pass opens it. */
  readonly needRoot?: boolean;
}

/** A measure that was tried out, and the words it puts in front of a command; these end by running what follows. */
export interface Step {
  readonly measure: Measure;
  readonly words: (child: ShutIn) => readonly string[];
}

export const taken = (name: Measure['name'], text: string, words: Step['words'] = () => []): Step => ({
  measure: { name, taken: true, text },
  words,
});

export const notTaken = (name: Measure['name'], text: string): Step => ({
  measure: { name, taken: false, text },
  words: () => [],
});
