import type { Socket } from 'node:net';
import type { SentObject } from './ledger-rows.ts';

/** Where to connect, and what is spoken there. */
export interface DialPlace {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on. Protocols that begin it later (STARTTLS) do so on the socket themselves. */
  readonly tls: boolean;
  /** For the ledger: `ftp`, `sftp`, `smtp`, `redis`, ... in small letters. */
  readonly protocol: string;
}

/** An open connection to a checked address. */
export interface Dialled {
  /** A Duplex of bytes. Its owner reads it, gives it timeouts and closes it. */
  readonly socket: Socket;
  /** The address at the other end. */
  readonly address: string;
  /** Resolves once the row of an object is on disk; call it before the object's first byte. Rejects when it cannot be written. */
  recordObject(object: SentObject): Promise<void>;
  /**
   * Another connection to the same address, as FTP opens for each file. `host` is where the server says it is: another
   * address than this connection's is refused, and so are ports below 1024, where other services listen.
   */
  beside(place: { readonly host?: string; readonly port: number }): Promise<Dialled>;
  /** Resolves when the connection is closed and its outcome is on disk; rejects when that cannot be written. */
  readonly ended: Promise<void>;
}
