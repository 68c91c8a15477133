/**
 * Where the single binary starts: as one of its own children (`childCommand` says how), or as the command line. Each loads
 * only what it needs.
 */
import { CHILD_MARK } from '../../sandbox/child-command.ts';
import { foundAt } from '../../sandbox/own-files/own-path.ts';

const [, , , mark, file] = process.argv;

if (mark === CHILD_MARK && file !== undefined) {
  foundAt(file);
  import('../../sandbox/child-main.ts');
} else {
  import('../main.ts');
}
