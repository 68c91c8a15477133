/**
 * Handles items a few at a time and lets the event loop turn in between. Work that came in one piece would otherwise be
 * answered in one piece, and the two sides of the pipe would wait for each other in turn.
 */
export function inTurns<Item>(atOnce: number, handle: (item: Item) => void): (item: Item) => void {
  const waiting: Item[] = [];
  const turn = (): void => {
    for (const item of waiting.splice(0, atOnce)) handle(item);
    if (waiting.length > 0) setImmediate(turn);
  };
  return (item) => {
    waiting.push(item);
    if (waiting.length === 1) setImmediate(turn);
  };
}
