import { Socket } from 'node:net';
import pg from 'pg';

const counts = { statements: 0, sent: 0, trips: 0 };

/** Counts what this process asks of PostgreSQL: statements, bytes sent, and writes of a socket, which are round trips when nothing is pipelined. */
export function countQueries(): void {
  const query = pg.Client.prototype.query;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    counts.statements += 1;
    return Reflect.apply(query, this, args);
  } as typeof query;
  const write = Socket.prototype.write;
  Socket.prototype.write = function counted(this: Socket, ...args: unknown[]) {
    const [chunk] = args;
    counts.sent += typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.length : 0;
    counts.trips += 1;
    return Reflect.apply(write, this, args) as boolean;
  } as typeof write;
}

export const countsOfQueries = (): typeof counts => ({ ...counts });
