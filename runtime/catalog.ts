import { messageOf } from '../sandbox/message-of.ts';
import type { LiveProject, LiveTrigger } from './live-project.ts';
import { liveView } from './live-view.ts';
import type { LoadedProject } from './store/project-store.ts';
import type { SealedSecret } from './store/secret-store.ts';
import type { Store } from './store/store.ts';

export interface FoundTrigger {
  readonly project: LiveProject;
  readonly trigger: LiveTrigger;
}

export interface CatalogDeps {
  readonly store: Pick<Store, 'loadProject' | 'loadProjects' | 'listSecrets'>;
  /** Opens a sealed value; throws when the key is missing or the value was tampered with. */
  readonly secretBox: { open(sealed: SealedSecret): string };
  /** Where hooks are reached, without a slash at the end. */
  readonly hookUrl: string;
  /** Called when a project that was there is gone, or another one has its name. */
  gone(slug: string, projectId: string): void;
  /** Told to the operator: something is wrong that stops nobody else. */
  report(message: string): void;
}

/** Every project in memory, as jobs see it: no request waits for the store to know what to run. */
export interface Catalog {
  load(): Promise<void>;
  get(slug: string): LiveProject | undefined;
  list(): readonly LiveProject[];
  /** By the secret part of a webhook's URL. */
  hook(path: string): FoundTrigger | undefined;
  /** Db triggers of all projects on this model, also those that are switched off. */
  dbTriggers(model: string): readonly FoundTrigger[];
  /** Reads the project again after a change; undefined when it is gone. Changes are taken in the order of the calls. */
  refresh(slug: string): Promise<LiveProject | undefined>;
  remove(slug: string): void;
}

/** An empty catalog; `load` fills it. */
export function createCatalog({ store, secretBox, hookUrl, gone, report }: CatalogDeps): Catalog {
  const projects = new Map<string, LiveProject>();
  const hooks = new Map<string, FoundTrigger>();
  const dbTriggers = new Map<string, readonly FoundTrigger[]>();
  let lastRefresh: Promise<unknown> = Promise.resolve();

  function remove(slug: string): void {
    for (const { hook, spec } of projects.get(slug)?.triggersByName.values() ?? []) {
      if (hook !== null) hooks.delete(hook);
      if (spec.type !== 'db') continue;
      const others = dbTriggers.get(spec.model)?.filter(({ project }) => project.project.slug !== slug) ?? [];
      if (others.length === 0) dbTriggers.delete(spec.model);
      else dbTriggers.set(spec.model, others);
    }
    projects.delete(slug);
  }

  function put(project: LiveProject): void {
    remove(project.project.slug);
    projects.set(project.project.slug, project);
    for (const trigger of project.triggersByName.values()) {
      const found = Object.freeze({ project, trigger });
      if (trigger.hook !== null) hooks.set(trigger.hook, found);
      const { spec } = trigger;
      if (spec.type === 'db') dbTriggers.set(spec.model, [...(dbTriggers.get(spec.model) ?? []), found]);
    }
  }

  async function view(loaded: LoadedProject): Promise<LiveProject> {
    const opened = new Map<string, string>();
    for (const sealed of await store.listSecrets(loaded.project.id)) {
      try {
        opened.set(sealed.key, secretBox.open(sealed));
      } catch (error) {
        const reason = messageOf(error);
        report(`Secret ${sealed.key} of project ${loaded.project.slug} cannot be opened: ${reason}`);
      }
    }
    return liveView(loaded, opened, hookUrl);
  }

  async function readAgain(slug: string): Promise<LiveProject | undefined> {
    const loaded = await store.loadProject(slug);
    const project = loaded && (await view(loaded));
    const before = projects.get(slug)?.project.id;
    if (project === undefined) remove(slug);
    else put(project);
    if (before !== undefined && project?.project.id !== before) gone(slug, before);
    return project;
  }

  return {
    async load() {
      for (const loaded of await store.loadProjects()) put(await view(loaded));
    },
    get: (slug) => projects.get(slug),
    list: () => [...projects.values()],
    hook: (path) => hooks.get(path),
    dbTriggers: (model) => dbTriggers.get(model) ?? [],
    refresh(slug) {
      const refreshed = lastRefresh.then(() => readAgain(slug));
      lastRefresh = refreshed.catch(() => {});
      return refreshed;
    },
    remove,
  };
}
