import { DEMO, shippedProject } from '../runtime/project/shipped.ts';
import type { Actor, Runtime } from '../runtime/runtime.ts';
import type { ServerLog } from './server-log.ts';

const INSTALLER: Actor = Object.freeze({ id: null, name: 'Sluice', login: null, role: 'manager' });

/** Gives a new instance something to look at. A demo that cannot be installed stops nobody. */
export async function installDemo(runtime: Runtime, log: ServerLog): Promise<void> {
  try {
    const { readProjectFolder } = await import('../runtime/project/project-folder.ts');
    const { slug, files } = await readProjectFolder(shippedProject(DEMO.slug));
    await runtime.deploy({ slug, files, bundle: null, actor: INSTALLER });
  } catch (error) {
    log.warning('The demo project could not be installed.', { error: String(error) });
  }
}

/** A command that sends the demo an order, while it is there. */
export function demoCommand(runtime: Runtime): string | undefined {
  const hook = runtime.project(DEMO.slug)?.webhooks[DEMO.webhook];
  return hook && `curl --json '${DEMO.body}' ${hook}`;
}
