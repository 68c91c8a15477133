import { route } from '../client.ts';
import type { CommandContext } from '../context.ts';

/** Switches a project on or off. Off, its webhooks answer 404; buttons work all the same. */
export async function setActive(context: CommandContext, slug: string, active: boolean): Promise<void> {
  const client = await context.connect();
  await client.send('PATCH', route`/projects/${slug}`, { active });
  context.output.result({ project: slug, active }, () => `${slug} is switched ${active ? 'on' : 'off'}.`);
}
