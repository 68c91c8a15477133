// Has Protected Code throw the secret in every part of an error, and reads the error.
export const handle_button = (data) =>
  attack(data, async () => {
    const seen = [];
    for (const how of [
      'plain',
      'name',
      'cause',
      'text',
      'object',
      'stack',
      'aggregate',
      'constructor',
      'base64',
      'base64url',
      'hex',
      'HEX',
      'percent',
      'json',
      'inside',
    ]) {
      const error = await fail(how).catch((thrown) => thrown);
      log(error);
      seen.push(
        String(error),
        error.name,
        error.message,
        error.stack,
        JSON.stringify(error),
        JSON.stringify(error.cause ?? null),
        error.errors,
        error.constructor === Error ? '' : error.constructor.name,
      );
    }
    return seen.some((text) => /canary/.test(String(text))) ? ['seen'] : [];
  });
