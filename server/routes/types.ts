import { z } from 'zod';
import { generateTypes } from '../../runtime/project/types-file.ts';
import { endpoint } from '../endpoint.ts';
import { filesShape, readableFiles } from '../shapes/files.ts';
import { findProject } from './find-project.ts';

export const getTypes = endpoint({
  summary: 'Type files for an editor, as `sluice types` writes them',
  answer: z.object({ files: filesShape }),
  handle: (call) => {
    const { manifest, program, files } = findProject(call).version;
    return { files: generateTypes(manifest, program, readableFiles(files, call.actor)) };
  },
});
