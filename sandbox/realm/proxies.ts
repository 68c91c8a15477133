/**
 * Which objects are proxies cannot be asked afterwards, so the realm remembers those that were made. Runs before user
 * code and before lockdown: user code only ever gets this `Proxy`.
 */
const made = new WeakSet<object>();
const RealProxy = Proxy;

export const isProxy = (value: object): boolean => made.has(value);

export function rememberProxies(): void {
  function remember<Target extends object>(proxy: Target): Target {
    made.add(proxy);
    return proxy;
  }
  const Remembering = function RememberedProxy(target: object, handler: ProxyHandler<object>): object {
    if (!new.target) throw new TypeError("Constructor Proxy requires 'new'");
    return remember(new RealProxy(target, handler));
  };
  const revocable = (target: object, handler: ProxyHandler<object>) => {
    const pair = RealProxy.revocable(target, handler);
    remember(pair.proxy);
    return pair;
  };
  Object.defineProperty(Remembering, 'revocable', { value: revocable, writable: true, configurable: true });
  Object.defineProperty(Remembering, 'name', { value: 'Proxy', configurable: true });
  // A constructor made by `function` has a prototype, the real Proxy has none.
  Object.defineProperty(Remembering, 'prototype', { value: undefined, writable: false });
  Object.defineProperty(globalThis, 'Proxy', { value: Remembering, writable: true, configurable: true });
}
