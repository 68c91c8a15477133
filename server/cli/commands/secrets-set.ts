import { route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { readSecret } from '../input.ts';
import { printable } from '../printable.ts';

/** Asks for a value, or reads it from standard input, and stores it on the server. It is never printed. */
export async function setSecret(context: CommandContext, slug: string, key: string): Promise<void> {
  const { output } = context;
  const client = await context.connect();
  const value = await readSecret(`Value of ${key} (not shown): `);
  const answer = await client.send('PUT', route`/projects/${slug}/secrets/${key}`, { value });
  const { warning } = (answer ?? {}) as { readonly warning?: string | null };
  if (warning) output.note(`Warning: ${printable(warning)}`);
  output.result(
    { project: slug, key, set: true, warning: warning ?? null },
    () => `${key} of ${slug} is set.`,
  );
}
