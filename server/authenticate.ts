import { createHash, timingSafeEqual } from 'node:crypto';
import type { Actor } from '../runtime/runtime.ts';
import type { TokenStore } from '../runtime/store/token-store.ts';

/** The Manager token from the environment or the `local-token` file, kept only as its SHA-256. */
export type AdminTokenHash = Uint8Array;

export const hashToken = (text: string): Buffer => createHash('sha256').update(text).digest();

const ADMINISTRATOR: Actor = Object.freeze({ id: null, name: 'admin', login: 'admin', role: 'manager' });
const LONGEST = 512;

/** Who calls with this `Authorization` header; undefined when it names nobody. */
export async function authenticate(
  header: string | null,
  adminToken: AdminTokenHash,
  tokens: TokenStore,
): Promise<Actor | undefined> {
  const [, text] = /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '') ?? [];
  if (text === undefined || text.length > LONGEST) return undefined;
  const hash = hashToken(text);
  if (timingSafeEqual(hash, adminToken)) return ADMINISTRATOR;
  const row = await tokens.findToken(hash.toString('hex'));
  if (row === undefined || !timingSafeEqual(hash, Buffer.from(row.hash, 'hex'))) return undefined;
  return { id: row.id, name: row.name, login: null, role: row.role };
}
