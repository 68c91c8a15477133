import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A wire to a server on 127.0.0.1 that can be cut: what is sent goes nowhere, and nobody is told. */
export interface CutProxy extends AsyncDisposable {
  readonly port: number;
  cut(): void;
  /** Connections that were there when it was cut are dead from now on; new ones go through. */
  mend(): void;
  /** Ends all connections; new ones go to another server, as when an address moves in a failover. */
  redirect(target: number): void;
}

export async function cutProxy(first: number): Promise<CutProxy> {
  const dead = new WeakSet<readonly [Socket, Socket]>();
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  let target = first;

  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (chunk) => {
        // Lost for good: a connection that misses bytes never speaks again.
        if (!isCut && !dead.has(pair)) to.write(chunk);
      });
      from.on('close', () => {
        // The end of a connection does not cross a cut wire either: its other side stays until that is mended.
        if (!isCut) to.destroy();
        if (from.destroyed && to.destroyed) pairs.delete(pair);
      });
      from.on('error', () => {});
    };
    pass(near, far);
    pass(far, near);
    if (isCut) dead.add(pair);
  });
  function endAll(): void {
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const pair of pairs) dead.add(pair);
    },
    mend() {
      isCut = false;
      // As a router does that has forgotten them.
      endAll();
    },
    redirect(other) {
      target = other;
      endAll();
    },
    async [Symbol.asyncDispose]() {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
