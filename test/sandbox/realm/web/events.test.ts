import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();

describe('EventTarget and Event in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'call listeners in order, once each': `
      const target = new EventTarget(); const seen = [];
      const a = () => seen.push('a');
      target.addEventListener('x', a); target.addEventListener('x', a);
      target.addEventListener('x', { handleEvent(event) { seen.push('object', event.type, this.handleEvent !== undefined) } });
      target.addEventListener('x', () => seen.push('once'), { once: true });
      target.addEventListener('y', () => seen.push('never'));
      target.addEventListener('x', null);
      seen.push(target.dispatchEvent(new Event('x')), target.dispatchEvent(new Event('x')));
      target.removeEventListener('x', a); target.removeEventListener('x', () => {});
      target.dispatchEvent(new Event('x'));
      return seen;`,
    'say where an event is': `
      const target = new EventTarget(); const event = new Event('x', { bubbles: true, cancelable: 1 }); const seen = [];
      const look = () => seen.push([event.type, event.bubbles, event.cancelable, event.composed, event.target === target, event.currentTarget === target, event.eventPhase, event.composedPath().length, event.defaultPrevented, event.isTrusted]);
      look(); target.addEventListener('x', function () { look(); seen.push(this === target); }); target.dispatchEvent(event); look();
      return seen;`,
    'prevent the default when the event allows it': `
      const target = new EventTarget();
      target.addEventListener('x', (event) => event.preventDefault());
      const passive = new EventTarget();
      passive.addEventListener('x', (event) => event.preventDefault(), { passive: true });
      const event = new Event('x', { cancelable: true });
      return [target.dispatchEvent(new Event('x')), target.dispatchEvent(event), event.defaultPrevented, event.returnValue, passive.dispatchEvent(new Event('x', { cancelable: true }))];`,
    'stop at stopImmediatePropagation, and only there': `
      const target = new EventTarget(); const seen = [];
      target.addEventListener('x', (event) => { seen.push(1); event.stopPropagation(); });
      target.addEventListener('x', (event) => { seen.push(2, event.cancelBubble); event.stopImmediatePropagation(); });
      target.addEventListener('x', () => seen.push(3));
      target.dispatchEvent(new Event('x'));
      return seen;`,
    'heed additions and removals during a dispatch': `
      const target = new EventTarget(); const seen = [];
      const second = () => seen.push('second');
      target.addEventListener('x', () => { seen.push('first'); target.removeEventListener('x', second); target.addEventListener('x', () => seen.push('late')); });
      target.addEventListener('x', second);
      target.dispatchEvent(new Event('x'));
      return seen;`,
    'remove a listener by a signal': `
      const target = new EventTarget(); const seen = []; const controller = new AbortController();
      target.addEventListener('x', () => seen.push('x'), { signal: controller.signal });
      target.addEventListener('x', () => seen.push('never'), { signal: AbortSignal.abort() });
      target.dispatchEvent(new Event('x')); controller.abort(); target.dispatchEvent(new Event('x'));
      return [seen, attempt(() => target.addEventListener('x', () => {}, { signal: {} }))];`,
    'refuse what is no event, and an event that is on its way': `
      const target = new EventTarget(); const seen = [];
      target.addEventListener('x', (event) => seen.push(attempt(() => target.dispatchEvent(event))));
      target.dispatchEvent(new Event('x'));
      return [attempt(() => target.dispatchEvent({ type: 'x' })), attempt(() => new Event(Symbol())), attempt(() => Event('x')), seen.length];`,
    'can be extended': `
      class Mine extends EventTarget { constructor() { super(); this.name = 'mine'; } }
      class Custom extends Event { constructor(type, detail) { super(type); this.detail = detail; } }
      const mine = new Mine(); let seen;
      mine.addEventListener('x', (event) => { seen = [event.detail, event.target.name, event instanceof Event]; });
      mine.dispatchEvent(new Custom('x', 5));
      return seen;`,
  });

  it('tell a listener for the capture phase from the same one without', async () => {
    const body = `const target = new EventTarget(); const seen = []; const a = () => seen.push('a');
      target.addEventListener('x', a); target.addEventListener('x', a, true);
      target.dispatchEvent(new Event('x')); seen.push('|');
      target.removeEventListener('x', a, { capture: true }); target.dispatchEvent(new Event('x')); seen.push('|');
      target.removeEventListener('x', a); target.dispatchEvent(new Event('x'));
      return seen.join('');`;
    expect(await realm.run(body)).toBe('aa|a|');
  });

  it('go on with the other listeners when one throws, and leave a rejection behind', async () => {
    const body = `const target = new EventTarget(); const seen = [];
      target.addEventListener('x', () => { throw new Error('mine') });
      target.addEventListener('x', () => seen.push('second'));
      seen.push(target.dispatchEvent(new Event('x')));
      return seen;`;
    await expect(realm.run(body)).rejects.toThrow('mine');
  });
});

describe('AbortController in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'aborts once, with a reason': `
      const controller = new AbortController(); const { signal } = controller; const seen = [signal.aborted, signal.reason];
      signal.onabort = (event) => seen.push('handler', event.type, event.target === signal);
      signal.addEventListener('abort', () => seen.push('listener', signal.aborted));
      controller.abort('why'); controller.abort('again');
      seen.push(signal.reason, typeof signal.onabort, controller.signal === signal);
      try { signal.throwIfAborted() } catch (error) { seen.push(error) }
      return seen;`,
    'has an AbortError as its reason unless another is given': `
      const { reason } = AbortSignal.abort();
      return [reason.name, reason.code, reason instanceof DOMException, AbortSignal.abort(null).reason, AbortSignal.abort(0).reason, AbortSignal.abort().aborted];`,
    'replaces its handler': `
      const controller = new AbortController(); const seen = [];
      controller.signal.onabort = () => seen.push(1); controller.signal.onabort = () => seen.push(2);
      const other = new AbortController();
      other.signal.onabort = () => seen.push(3); other.signal.onabort = null;
      controller.abort(); other.abort();
      return [seen, other.signal.onabort === null];`,
    'is followed by AbortSignal.any': `
      const a = new AbortController(); const b = new AbortController();
      const both = AbortSignal.any([a.signal, b.signal]); const chained = AbortSignal.any([both]); const seen = [];
      chained.onabort = () => seen.push(chained.reason);
      b.abort('b');
      return [seen, both.reason, AbortSignal.any([]).aborted, AbortSignal.any([a.signal, b.signal]).reason, attempt(() => AbortSignal.any([{}])), attempt(() => AbortSignal.any())];`,
    'cannot be made by hand': `
      return [attempt(() => new AbortSignal()), attempt(() => AbortSignal()), new AbortController().signal instanceof AbortSignal, AbortSignal.abort() instanceof EventTarget,
        Object.prototype.toString.call(AbortSignal.abort()), AbortSignal.name];`,
    'aborts after a time': `
      const signal = AbortSignal.timeout(5);
      const before = signal.aborted;
      await new Promise((resolve) => { signal.onabort = resolve });
      return [before, signal.aborted, signal.reason.name, signal.reason.code, signal instanceof AbortSignal, attempt(() => AbortSignal.timeout('x'))];`,
  });
});

describe('AbortSignal.any', () => {
  it('keeps the first reason', async () => {
    const body = `const a = new AbortController(); const b = new AbortController();
      const both = AbortSignal.any([a.signal, b.signal]); let times = 0;
      both.onabort = () => { times += 1 };
      b.abort('b'); a.abort('a');
      return [both.reason, times];`;
    expect(await realm.run(body)).toEqual(['b', 1]);
  });
});

describe('timers and microtasks in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'run in the order of their times': `
      const seen = [];
      await new Promise((resolve) => {
        setTimeout((...args) => { seen.push('last', ...args); resolve(); }, 40, 1, 2);
        setTimeout(() => seen.push('first'), 1);
        queueMicrotask(() => seen.push('micro'));
        Promise.resolve().then(() => seen.push('then'));
        seen.push('now');
      });
      return seen;`,
    'do not run once they are cleared': `
      const seen = [];
      clearTimeout(setTimeout(() => seen.push('cleared'), 1)); clearTimeout(undefined); clearTimeout(null); clearTimeout(123456);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return [seen.length];`,
    'take functions only': `return [attempt(() => setTimeout('x', 1)), attempt(() => queueMicrotask('x')), attempt(() => queueMicrotask())];`,
    'take every delay': `
      const seen = [];
      for (const delay of [undefined, null, -5, NaN, '1', 0.5, 1e12]) await new Promise((resolve) => setTimeout(() => { seen.push(String(delay)); resolve(); }, delay));
      return seen;`,
  });
});

describe('DOMException in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'has a name, a message and the legacy code': `
      return [[], ['m'], ['m', 'AbortError'], ['m', 'Strange'], ['m', { name: 'TimeoutError', cause: 5 }], [undefined, undefined], ['m', 'SyntaxError'], ['m', 'DataCloneError']]
        .map((args) => { const error = new DOMException(...args); return [error.name, error.message, error.code, error.cause, String(error), error instanceof Error, Object.prototype.toString.call(error), typeof error.stack]; });`,
    'has the legacy constants': `
      return ['INDEX_SIZE_ERR', 'DOMSTRING_SIZE_ERR', 'NO_DATA_ALLOWED_ERR', 'VALIDATION_ERR', 'INUSE_ATTRIBUTE_ERR', 'ABORT_ERR', 'DATA_CLONE_ERR']
        .map((name) => [DOMException[name], new DOMException()[name]]);`,
    'cannot be renamed': `const error = new DOMException('m', 'AbortError'); return [attempt(() => { 'use strict'; error.name = 'x'; }), error.name];`,
  });
});
