/** Sets an own property whatever its name: assignment to `__proto__` would change the prototype instead. */
export function setOwn<Value>(object: Record<string, Value>, name: string, value: Value): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
