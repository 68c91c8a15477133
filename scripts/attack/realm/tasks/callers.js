// Reads caller, callee and arguments of the functions that call it.
export const handle_button = (data) =>
  attack(data, async () => {
    return through({
      caller: () =>
        (function me() {
          return me.caller;
        })(),
      arguments: () =>
        (function me() {
          return me.arguments;
        })(),
      callee: () =>
        (function () {
          return arguments.callee;
        })(),
      sloppy: () => new Function('return arguments.callee.caller')(),
      hostCaller: () => guard.echo.caller,
      getter: () => {
        let seen;
        const bait = {
          get a() {
            seen = bait.caller;
            return 1;
          },
        };
        log(bait);
        return seen;
      },
    });
  });
