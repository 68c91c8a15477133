import { isPlainObject } from '../../plain-object.ts';
import { shown, validationError } from '../domain/refusal.ts';
import { givenOf } from '../values/given.ts';
import { idsFrom, modelFrom } from './arguments.ts';
import { change, type EnvCall } from './operations.ts';
import type { Shown } from './show-records.ts';

const MESSAGES = 'mail.message';
const OPTIONS = ['body', 'subject', 'message_type', 'author'];

/** `message_post`: a message about each of the records, which is a record of mail.message itself. Resolves with the messages. */
export function messagePostOperation(call: EnvCall): Promise<Shown> {
  const [name, ids, given, tx] = call.args;
  const model = modelFrom(name);
  const wanted = idsFrom(model, ids);
  const options = given ?? {};
  if (!isPlainObject(options)) throw new TypeError('message_post takes its options as an object: { body }.');
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined) {
    throw new TypeError(`message_post has no option ${shown(unknown)}. There are ${OPTIONS.join(', ')}.`);
  }
  if (typeof options.body !== 'string') {
    throw validationError(`message_post takes {body: "text or HTML"}, and body is ${shown(options.body)}.`);
  }
  const { author = call.session.writer.user.name, message_type = 'comment', ...texts } = options;
  const date = new Date(call.deps.now());
  return change(call, tx, async (set) => {
    await set.mustExist(model, wanted);
    const rows = wanted.map((id) =>
      givenOf(MESSAGES, { model, res_id: id, ...texts, author, message_type, date }),
    );
    return { model: MESSAGES, ids: await set.create(MESSAGES, rows), fields: null };
  });
}
