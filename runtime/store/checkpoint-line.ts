import type { Checkpoint, CheckpointKind } from './checkpoint.ts';

const LINE =
  /Ledger checkpoint (\d{1,15}): (opened|going|closed|removed) chain ([0-9a-f-]{1,40}) row (\d{1,15}) position (\d{1,15}) hash ([0-9a-f]{64}) at (\d{1,15}) signed ([0-9a-f]{64})/;

/** A checkpoint on one line, for the server's log and for files outside. */
export function checkpointLine({ number, kind, chain, seq, position, hash, at, mac }: Checkpoint): string {
  return `Ledger checkpoint ${number}: ${kind} chain ${chain} row ${seq} position ${position} hash ${hash} at ${at} signed ${mac}`;
}

/** The checkpoint that is written anywhere in a line; undefined when there is none. */
export function checkpointIn(line: string): Checkpoint | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, number, kind, chain = '', seq, position, hash = '', at, mac = ''] = match;
  return {
    number: Number(number),
    kind: kind as CheckpointKind,
    chain,
    seq: Number(seq),
    position: Number(position),
    hash,
    at: Number(at),
    mac,
  };
}
