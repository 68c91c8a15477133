/**
 * Where the single binary starts: as one of its own children (`childCommand` says how), or as the command line. Each loads
 * only what it needs.
 */
import { CHILD_MARK } from '../../sandbox/child-command.ts';
import { findOwnPathsBy } from '../../sandbox/own-path.ts';
import { carriedPath } from './carried-path.ts';

const [, , role, mark, file] = process.argv;

if (mark === CHILD_MARK && file !== undefined) {
  // A child needs one file. It is there already: a runner may not take anything out.
  findOwnPathsBy(() => file);
  if (role === 'reader') import('../../runtime/store/sqlite/reader/reader-child.ts');
  else import('../../sandbox/child-main.ts');
} else {
  findOwnPathsBy(carriedPath);
  import('../main.ts');
}
