import { deployProject } from './prepared-project.ts';
import type { Target } from './target.ts';
import { type Watch, watch } from './watch.ts';

export const NEIGHBOUR_SLUG = 'attack-neighbour';
const EVERY_MS = 50;

const FILES = {
  'project.yaml': `name: "Attack: neighbour"
slug: ${NEIGHBOUR_SLUG}
active: true
tasks:
  - name: Answer
    code: tasks/answer.js
    triggers: [{ type: webhook, name: ANSWER }]
`,
  'tasks/answer.js':
    'export const handle_webhook = (request) => ({ sum: request.json().reduce((a, b) => a + b) });\n',
};

/** Another project, whose webhook is called all along. Every call has to be answered, and rightly. */
export interface Neighbour {
  watch(): Watch;
}

export async function createNeighbour(target: Target): Promise<Neighbour> {
  const { webhooks } = await deployProject(target, { slug: NEIGHBOUR_SLUG, files: FILES });
  const url = webhooks.ANSWER ?? '';
  const call = async () => {
    const { status, text } = await target.request(url, { method: 'POST', body: '[1, 2, 3]' });
    if (status !== 200 || text !== '{"sum":6}') throw new Error(`${status} ${text.slice(0, 200)}`);
  };
  return { watch: () => watch(EVERY_MS, call) };
}
