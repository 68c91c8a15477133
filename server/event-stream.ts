const HEARTBEAT_MS = 15_000;
/** A reader that is this many bytes behind is let go; it comes back and says which event it saw last. */
const MOST_WAITING = 4 * 1024 * 1024;

const HEADERS = { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' };

/**
 * Server-sent events. `start` is given a way to send, and one to let the caller go who has fallen behind, and returns what to do at the end, which comes when the caller
 * goes, falls behind, or `ends` is aborted. What is sent after the end is dropped. Comments keep the connection alive in
 * between.
 */
export function eventStream(
  ends: AbortSignal,
  start: (send: (event: string) => void, end: () => void) => () => void,
): Response {
  const encoder = new TextEncoder();
  let ended = false;
  let release = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (event: string) => {
          if (ended) return;
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(event));
          else end();
        };
        const end = () => {
          if (ended) return;
          ended = true;
          release();
          controller.close();
        };
        const heartbeat = setInterval(send, HEARTBEAT_MS, ': alive\n\n');
        ends.addEventListener('abort', end);
        send(': open\n\n');
        const stop = start(send, end);
        release = () => {
          clearInterval(heartbeat);
          ends.removeEventListener('abort', end);
          stop();
        };
        if (ends.aborted) end();
      },
      cancel() {
        ended = true;
        release();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING }),
  );
  return new Response(body, { headers: HEADERS });
}
