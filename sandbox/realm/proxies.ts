/**
 * Which objects are proxies cannot be asked afterwards, so the realm remembers those that are made. Runs before user code
 * and before lockdown: user code only ever gets this `Proxy`.
 */
const made = new WeakSet<object>();

export const isProxy = (value: object): boolean => made.has(value);

/** Replaces `Proxy` by one that keeps account. */
export function rememberProxies(): void {
  const RealProxy = Proxy;
  const { revocable } = RealProxy;
  const remember = <Made extends object>(proxy: Made): Made => {
    made.add(proxy);
    return proxy;
  };
  const rememberRevocable = (target: object, handler: ProxyHandler<object>) => {
    const pair = revocable(target, handler);
    remember(pair.proxy);
    return pair;
  };
  Object.defineProperty(RealProxy, 'revocable', {
    value: rememberRevocable,
    writable: true,
    configurable: true,
  });
  // A proxy of the constructor and not a function of ours: it has no `prototype`, as `ses` expects.
  const Remembering = new RealProxy(RealProxy, {
    construct: (_target, [target, handler]) => remember(new RealProxy(target, handler)),
  });
  Object.defineProperty(globalThis, 'Proxy', { value: Remembering, writable: true, configurable: true });
}
