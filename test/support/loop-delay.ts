import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into a server process with `--import`: measures how late its event loop is. At SIGUSR2 it appends one line of JSON to
 * the file named by LOOP_DELAY_FILE, `{"count", "p50", "p999", "max"}` in milliseconds since the last one.
 */
const file = process.env.LOOP_DELAY_FILE;
const RESOLUTION_MS = 5;

if (file !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  // The histogram holds whole intervals between two looks: the wanted one is taken off.
  const ms = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e5) / 10 - RESOLUTION_MS);
  process.on('SIGUSR2', () => {
    const { count, max } = delay;
    const figures = { count, p50: ms(delay.percentile(50)), p999: ms(delay.percentile(99.9)), max: ms(max) };
    appendFileSync(file, `${JSON.stringify(figures)}\n`);
    delay.reset();
  });
}
