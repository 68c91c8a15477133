const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds on the clock that all processes of this machine share and that nobody can set. */
export const monotonic = (): number => performance.now() + offset;
