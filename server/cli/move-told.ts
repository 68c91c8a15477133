import type { MoveProgress } from '../../runtime/store/move/move-report.ts';

/** Between two lines of progress. */
const QUIET_MS = 3_000;
const DONE: Readonly<Record<MoveProgress['step'], string>> = {
  copy: 'copied',
  index: 'indexed',
  compare: 'compared',
};

/** Says now and then how far a move is. */
export function moveTold(say: (line: string) => void): (progress: MoveProgress) => void {
  let said = performance.now();
  return ({ step, table, rows, of }) => {
    const now = performance.now();
    if (now - said < QUIET_MS) return;
    said = now;
    say(
      step === 'index'
        ? `making index ${rows + 1} of ${of}, on ${table}`
        : `${table}: ${rows} of ${of} rows ${DONE[step]}`,
    );
  };
}
