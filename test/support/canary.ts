import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';

/** Long enough to stand for the secret, short enough to be found when only its beginning leaked. */
const PIECE = 12;

/** Beginning, middle and end of each secret, in the encodings in which secrets are masked. */
function piecesOf(secret: string): string[] {
  const middle = Math.floor((secret.length - PIECE) / 2);
  const parts = [secret.slice(0, PIECE), secret.slice(middle, middle + PIECE), secret.slice(-PIECE)];
  return parts.flatMap((part) => {
    const bytes = Buffer.from(part);
    const json = JSON.stringify(part).slice(1, -1);
    const aligned = bytes.subarray(0, PIECE - (PIECE % 3)).toString('base64');
    return [
      part,
      part.toLowerCase(),
      json,
      JSON.stringify(json).slice(1, -1),
      encodeURIComponent(part),
      bytes.toString('hex'),
      aligned,
    ];
  });
}

/** The places where a piece of one of these secrets is, each named with the text around it; none is well. */
export function leaksIn(texts: ReadonlyMap<string, string>, secrets: readonly string[]): readonly string[] {
  const pieces = [...new Set(secrets.flatMap(piecesOf))];
  return [...texts].flatMap(([place, text]) =>
    pieces.flatMap((piece) => {
      const at = text.indexOf(piece);
      return at === -1 ? [] : [`${place}: ${text.slice(Math.max(0, at - 80), at + 80)}`];
    }),
  );
}

/** Everything in a data directory as text: each file as it is, and each table of the database by its rows. */
export function textsOfData(dir: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const file of readdirSync(dir)) texts.set(file, readFileSync(path.join(dir, file), 'latin1'));
  const db = new Database(path.join(dir, 'sluice.db'), { readonly: true });
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  for (const table of tables) {
    for (const row of db.prepare<[], Record<string, unknown>>(`SELECT * FROM "${table}"`).all()) {
      for (const [column, value] of Object.entries(row)) {
        const place = `${table}.${column}`;
        texts.set(place, `${texts.get(place) ?? ''}${String(value)}\n`);
      }
    }
  }
  db.close();
  return texts;
}
