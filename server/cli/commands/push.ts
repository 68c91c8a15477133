import { joinedWarnings } from '../../../runtime/project/joined-warnings.ts';
import type { Diagnostic } from '../../../sandbox/types.ts';
import { type ApiClient, route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { detailLines } from '../details.ts';
import { localTypeWarnings } from '../local/local-types.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { readProject } from '../read-project.ts';

interface Deployed {
  readonly project: string;
  readonly version: number;
  readonly webhooks: Readonly<Record<string, string>>;
  readonly warnings: readonly Diagnostic[];
}

interface DeployedProject {
  readonly active: boolean;
}

/** Deploys the folder as a new version, then says where its webhooks are and what it still needs before it can work. */
export async function push(context: CommandContext, dir: string): Promise<void> {
  const { output } = context;
  const project = await readProject(dir);
  const { slug, files, bundle } = project;
  const client = await context.connect();
  const names = bundle === null ? '' : `, packages ${bundle.lock.map(({ name }) => name).join(', ')}`;
  output.note(`Deploying ${slug} to ${client.url}: ${Object.keys(files).length} files${names}`);
  const answer = await client.send('PUT', route`/projects/${slug}`, { files, bundle });
  const deployed = answer as Deployed;
  const found = joinedWarnings(deployed.warnings, await localTypeWarnings(dir, project));
  for (const line of new Set(detailLines(found))) output.note(`Warning: ${line}`);
  output.result(deployed, () => describe(deployed));
  await noteIfOff(client, output, deployed.project);
}

function describe({ project, version, webhooks }: Deployed): string {
  const urls = Object.entries(webhooks).map(([name, url]) => `  ${name}  ${url}`);
  return [`${project} is at version ${version}.`, ...urls].map((line) => printable(line)).join('\n');
}

async function noteIfOff(client: ApiClient, output: Output, slug: string): Promise<void> {
  const { active } = (await client.get(route`/projects/${slug}`)) as DeployedProject;
  if (!active)
    output.note(
      `The project is switched off: its webhooks answer 404. Switch it on: sluice activate ${slug}`,
    );
}
