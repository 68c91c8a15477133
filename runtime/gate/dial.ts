import { isIPv6 } from 'node:net';
import { sameAddress } from './address.ts';
import { BusyError } from './busy-error.ts';
import type { Crossing } from './crossing.ts';
import { type Destination, fullName } from './destination.ts';
import type { Dialled, DialPlace } from './dialled.ts';
import { connectionRow, objectRow, type SentObject } from './ledger-rows.ts';
import { DIALLED_PER_PROJECT } from './limits.ts';
import { networkError } from './network-error.ts';
import { openSocket, whenClosed } from './open-socket.ts';
import { judgeHost, parsePlace, policyOf, refuseAddresses } from './policy.ts';
import { Refusal } from './refusal.ts';
import { resolveDestination } from './resolve.ts';
import { writeBefore } from './write-ledger.ts';

/** What one connection is about. */
interface Target extends Pick<DialPlace, 'tls' | 'protocol'> {
  readonly destination: Destination;
}

const LOWEST_DATA_PORT = 1024;
const LONGEST_NAME = 1000;

/** Connects in the order of `sendHop`; the bytes are the caller's. See `Gate.dial`. */
export async function dial(crossing: Crossing, place: DialPlace): Promise<Dialled> {
  const target: Target = { tls: place.tls, protocol: place.protocol, destination: destinationOf(place) };
  const { project } = crossing.origin;
  const policy = policyOf(project);
  const judged = judgeHost(target.destination, null, policy);
  if (typeof judged === 'string') return refuse(crossing, target, judged);
  const name = fullName(target.destination);
  await taken(crossing, target, () =>
    crossing.pauses.turn(project.project.id, name, judged, crossing.signal),
  );
  const addresses = await addressesOf(crossing, target);
  const refusal = refuseAddresses(target.destination, addresses, policy);
  if (refusal !== null) return refuse(crossing, target, refusal);
  return connectTo(crossing, target, addresses);
}

async function addressesOf(crossing: Crossing, target: Target): Promise<readonly string[]> {
  try {
    return await resolveDestination(target.destination, crossing.resolve, crossing.signal);
  } catch (cause) {
    const error = failureOf(crossing, target, cause);
    await writeBefore(
      crossing,
      await connectionRow(crossing, target, { error: crossing.masker.mask(error.message) }),
    );
    throw error;
  }
}

/** To addresses that are checked: the row, the connection, and its outcome once it has ended. */
async function connectTo(crossing: Crossing, target: Target, addresses: readonly string[]): Promise<Dialled> {
  const leave = await taken(crossing, target, async () => takePlace(crossing));
  try {
    const row = await connectionRow(crossing, target);
    crossing.signal.throwIfAborted();
    await writeBefore(crossing, row);
    const socket = openSocket(target.destination, target.tls, addresses, crossing.signal);
    const tell = (cause: unknown) => failureOf(crossing, target, cause);
    const ended = whenClosed(crossing, socket, row, tell).finally(leave);
    ended.catch(() => {});
    try {
      await socket.opened;
    } catch (cause) {
      await ended;
      throw tell(cause);
    }
    const address = socket.raw.remoteAddress ?? '';
    return {
      socket: socket.raw,
      address,
      ended,
      recordObject: async (object) => writeBefore(crossing, await objectRow(crossing, row, checked(object))),
      beside: (place) => dialBeside(crossing, target, address, place),
    };
  } catch (error) {
    leave();
    throw error;
  }
}

async function dialBeside(
  crossing: Crossing,
  { protocol, destination }: Target,
  address: string,
  { host = address, port }: { readonly host?: string; readonly port: number },
): Promise<Dialled> {
  const beside: Target = { tls: false, protocol, destination: destinationOf({ host: address, port }) };
  if (!sameAddress(host, address)) {
    const sentence = `Blocked: ${fullName(destination)} wants its data sent to another address than its own.`;
    return refuse(crossing, beside, `${sentence} Ask who runs that server to name its own address.`);
  }
  if (port < LOWEST_DATA_PORT) {
    const sentence = `Blocked: ${fullName(destination)} wants its data sent to port ${port}, below ${LOWEST_DATA_PORT}.`;
    return refuse(crossing, beside, `${sentence} Ask who runs that server to use a higher one.`);
  }
  return connectTo(crossing, beside, [address]);
}

async function refuse(crossing: Crossing, target: Target, refusal: string): Promise<never> {
  const blocked = crossing.masker.mask(refusal);
  await writeBefore(crossing, await connectionRow(crossing, target, { blocked }));
  throw new Refusal(blocked);
}

/** Throws a TypeError for what is no host or no port. */
function destinationOf({ host, port }: Pick<DialPlace, 'host' | 'port'>): Destination {
  const place = parsePlace(`${isIPv6(host) ? `[${host}]` : host}:${port}`);
  if (place === undefined || !(port >= 1 && port <= 65_535)) {
    throw new TypeError('A connection needs a host and a port from 1 to 65535');
  }
  const name = isIPv6(place.host) ? `[${place.host}]` : place.host;
  return Object.freeze({ scheme: 'tcp', host: place.host, port, url: new URL(`tcp://${name}:${port}`) });
}

/** What `take` gives. A `BusyError` of it leaves a row, as every refusal does. */
async function taken<Value>(crossing: Crossing, target: Target, take: () => Promise<Value>): Promise<Value> {
  try {
    return await take();
  } catch (error) {
    if (error instanceof BusyError) {
      const blocked = crossing.masker.mask(error.message);
      await writeBefore(crossing, await connectionRow(crossing, target, { blocked }));
    }
    throw error;
  }
}

/** Counts the connections of a project. Throws a `BusyError` for one too many; gives what counts one down, once. */
function takePlace({ dialled, origin }: Crossing): () => void {
  const { id } = origin.project.project;
  const open = dialled.get(id) ?? 0;
  if (open >= DIALLED_PER_PROJECT) {
    throw new BusyError(`This project has ${open} connections open. Close some before opening more.`);
  }
  dialled.set(id, open + 1);
  let left = false;
  return () => {
    if (left) return;
    left = true;
    const now = (dialled.get(id) ?? 1) - 1;
    if (now === 0) dialled.delete(id);
    else dialled.set(id, now);
  };
}

function checked(object: SentObject): SentObject {
  const { name, bytes, sha256 } = object;
  if (
    name.length <= LONGEST_NAME &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0 &&
    /^[0-9a-f]{64}$/.test(sha256)
  ) {
    return object;
  }
  throw new TypeError(
    `An object has a name of at most ${LONGEST_NAME} characters, its bytes, and its sha256`,
  );
}

function failureOf({ signal }: Crossing, { protocol, destination }: Target, cause: unknown): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  return networkError(cause, destination, protocol);
}
