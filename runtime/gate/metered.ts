import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { MAX_ON_THE_WIRE } from './limits.ts';
import { AnswerError } from './network-error.ts';

/** Ends a connection whose answer is larger than its body may ever make it: the HTTP client bounds bodies and headers only. */
export function metered(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      meter(socket);
      callback(null, socket);
    });
}

/** Whatever is written begins a request, and what is read from then on is its answer. */
function meter(socket: Socket): void {
  let written = 0;
  let begin = 0;
  socket.on('readable', () => {
    if (socket.bytesWritten !== written) {
      written = socket.bytesWritten;
      begin = socket.bytesRead;
    }
    if (socket.bytesRead - begin > MAX_ON_THE_WIRE) {
      socket.destroy(new AnswerError(`an answer of more than ${MAX_ON_THE_WIRE} bytes`));
    }
  });
}
