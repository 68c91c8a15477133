// Changes the objects and classes that its code is given beside the built-ins, for whoever is given them next.
export const handle_button = (data) =>
  attack(data, async () => {
    const given = {
      json,
      log,
      console,
      URL,
      URLSearchParams,
      Headers,
      Request,
      Response,
      Blob,
      FormData,
      TextEncoder,
      AbortController,
      crypto,
      UserError,
      ValidationError,
      RetryableJobError,
      params,
      texts,
      user,
      job,
      guard,
      use,
      setTimeout,
      queueMicrotask,
      b64encode,
    };
    for (const object of Object.values(given)) {
      for (const target of [
        object,
        object.prototype,
        object.constructor?.prototype,
        Object.getPrototypeOf(object),
      ]) {
        if (target === undefined || target === null) continue;
        Reflect.set(target, 'left_behind', 1);
        Reflect.defineProperty(target, 'left_behind', { value: 1 });
      }
    }
    return through({
      built: () => [].left_behind ?? (() => 1).left_behind ?? ''.left_behind,
      error: () => new UserError('x').left_behind,
      error2: () => new Error('x').left_behind,
    });
  });
