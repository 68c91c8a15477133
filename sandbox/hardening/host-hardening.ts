import { childFiles } from '../child-command.ts';
import { findHardening, type Hardening } from './find-hardening.ts';

/** What this host lets Sluice's children be shut in with. `secret`: files and folders that none of them may read. */
export const hostHardening = (secret: readonly string[] = []): Promise<Hardening> =>
  findHardening({ shared: childFiles(), secret });
