import path from 'node:path';
import { readProjectFolder } from '../runtime/project/built-in.ts';
import type { Actor, Runtime } from '../runtime/runtime.ts';
import type { ServerLog } from './server-log.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'scripts', 'demo');
const INSTALLER: Actor = Object.freeze({ id: null, name: 'Sluice', login: null, role: 'manager' });

/** Gives a new instance something to look at. A demo that cannot be installed stops nobody. */
export async function installDemo(runtime: Runtime, log: ServerLog): Promise<void> {
  try {
    const { slug, files } = await readProjectFolder(FOLDER);
    await runtime.deploy({ slug, files, bundle: null, actor: INSTALLER });
  } catch (error) {
    log.warning('The demo project could not be installed.', { error: String(error) });
  }
}

/** The URL of the demo's webhook, while there is one. */
export const demoHook = (runtime: Runtime): string | undefined => runtime.project('demo')?.webhooks.ORDERS;
