const { apply } = Reflect;
const { then } = Promise.prototype;
const resolved = Promise.resolve();

/** Runs the function after the code that is running; an error in it becomes an unhandled rejection of the job. */
export function queueMicrotask(callback: unknown): void {
  if (typeof callback !== 'function') throw new TypeError('queueMicrotask takes a function');
  apply(then, resolved, [() => void callback()]);
}
