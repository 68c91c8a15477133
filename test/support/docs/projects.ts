import type { Page, Sample } from './pages.ts';

/** A stated pair of what goes into a handler and what comes out, as a sample of kind `json pairs` has them. */
export interface Pair {
  readonly input: unknown;
  readonly result: unknown;
}

export interface PairsOfHandler {
  readonly place: string;
  readonly task: string;
  readonly handler: string;
  readonly pairs: readonly Pair[];
}

/** Samples of one page that belong together: those with the same `project=`, or without any. */
export interface DocProject {
  /** `docs/project.md answers`. */
  readonly name: string;
  /** As a deploy takes them; without `project.yaml` the samples are a fragment. */
  readonly files: Readonly<Record<string, string>>;
  readonly runs: readonly PairsOfHandler[];
}

const FILE_OF: Readonly<Record<string, string>> = {
  'yaml project': 'project.yaml',
  'ts protected': 'protected.ts',
  'ts common': 'common.ts',
  'ts task': 'tasks/sample.ts',
};

/** The projects that the samples of a page make. A file given twice is an error: the later one needs another `project=`. */
export function projectsOf({ file: page, samples }: Page): readonly DocProject[] {
  const projects = new Map<string, { files: Record<string, string>; runs: PairsOfHandler[] }>();
  for (const sample of samples) {
    const file = sample.attributes.file ?? FILE_OF[sample.kind];
    if (file === undefined && sample.kind !== 'json pairs') continue;
    const name = `${page} ${sample.attributes.project ?? ''}`.trim();
    const project = projects.get(name) ?? { files: {}, runs: [] };
    projects.set(name, project);
    if (file === undefined) project.runs.push(toRun(sample));
    else if (Object.hasOwn(project.files, file)) throw new Error(`${sample.place}: ${file} is there already`);
    else project.files[file] = sample.text;
  }
  return [...projects].map(([name, project]) => ({ name, ...project }));
}

function toRun({ place, attributes, text }: Sample): PairsOfHandler {
  const { task, handler } = attributes;
  if (task === undefined || handler === undefined) throw new Error(`${place}: give task= and handler=`);
  return { place, task, handler, pairs: JSON.parse(text) };
}
