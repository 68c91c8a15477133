import { connect } from 'node:net';

/** Sends bytes as they are and gives what comes back until the server closes the connection: "" when it closes at once. */
export function sendRaw(url: string, request: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
    socket.on('close', () => resolve(answer));
  });
}

/** A request for `target` exactly as written, on a connection of its own. */
export const requestOf = (target: string, head = 'GET'): string =>
  `${head} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
