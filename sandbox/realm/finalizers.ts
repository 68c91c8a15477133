/**
 * A registry that never calls back, which the language allows. Measured: the engine calls back outside of every entry, so
 * that a callback of an ended job that loops takes the whole process with it, and whoever runs then is blamed.
 */
export function silenceFinalizers(): void {
  class SilentRegistry {
    constructor(callback: unknown) {
      if (typeof callback !== 'function') {
        throw new TypeError('FinalizationRegistry: cleanup must be callable');
      }
    }

    register(target: unknown): void {
      if (!canBeHeld(target)) throw new TypeError('FinalizationRegistry.prototype.register: invalid target');
    }

    unregister(token: unknown): boolean {
      if (!canBeHeld(token)) throw new TypeError('Invalid unregisterToken');
      return false;
    }

    get [Symbol.toStringTag](): string {
      return 'FinalizationRegistry';
    }
  }
  Object.defineProperty(SilentRegistry, 'name', { value: 'FinalizationRegistry' });
  Object.defineProperty(globalThis, 'FinalizationRegistry', {
    value: SilentRegistry,
    writable: true,
    configurable: true,
  });
}

const canBeHeld = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) ||
  typeof value === 'function' ||
  (typeof value === 'symbol' && Symbol.keyFor(value) === undefined);
