// Loads modules of Node.js from code made at run time.
export const handle_button = (data) =>
  attack(data, async () => {
    const load = (code) => async () => Boolean(await (0, eval)(code));
    return through({
      import: load('import("node:fs")'),
      importInFunction: () => new Function('return import("node:fs")')(),
      importData: load('import("data:text/javascript,export default 1")'),
      require: load('require("node:fs")'),
      binding: load('process.binding("fs")'),
      asyncFunction: () => (async () => {}).constructor('return await import("node:child_process")')(),
    });
  });
