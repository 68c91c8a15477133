const HEARTBEAT_MS = 15_000;
/** A reader that is this many events behind is let go; it comes back and says which event it saw last. */
const MOST_WAITING = 5000;

const HEADERS = { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' };

/**
 * Server-sent events. `start` is given a way to send and returns what to do at the end, which comes when the caller
 * goes, falls behind, or `stopping` is aborted. Comments keep the connection alive in between.
 */
export function eventStream(
  stopping: AbortSignal,
  start: (send: (event: string) => void) => () => void,
): Response {
  const encoder = new TextEncoder();
  let release = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (event: string) => {
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(event));
          else end();
        };
        const end = () => {
          release();
          controller.close();
        };
        const heartbeat = setInterval(send, HEARTBEAT_MS, ': alive\n\n');
        stopping.addEventListener('abort', end);
        send(': open\n\n');
        const stop = start(send);
        release = () => {
          clearInterval(heartbeat);
          stopping.removeEventListener('abort', end);
          stop();
        };
        if (stopping.aborted) end();
      },
      cancel: () => release(),
    },
    new CountQueuingStrategy({ highWaterMark: MOST_WAITING }),
  );
  return new Response(body, { headers: HEADERS });
}
