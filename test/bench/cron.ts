import { actor } from '../support/deploys.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openTestRuntime, type TestRuntime } from '../support/runtime.ts';

/**
 * What many cron triggers cost: processor time of a server that has nothing else to do, with none of them and with all,
 * and the time until the jobs of all are queued when they fall due at one moment. Works and store are real.
 *
 *     node server/launch.cjs --file test/bench/cron.ts [triggers] [seconds]
 */
const [triggers = 10_000, seconds = 60] = process.argv.slice(2).map(Number);
const PER_PROJECT = 500;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function deployAll(works: TestRuntime, pattern: (n: number) => string): Promise<void> {
  for (let first = 0; first < triggers; first += PER_PROJECT) {
    const slug = `p${first}`;
    const lines = Array.from(
      { length: Math.min(PER_PROJECT, triggers - first) },
      (_, n) => `      - {type: cron, name: T${n}, cron: "${pattern(first + n)}", timezone: Europe/Berlin}`,
    );
    const head = `name: P\nslug: ${slug}\nactive: true\ntasks:\n  - name: T\n    code: tasks/t.js\n    triggers:\n`;
    const files = {
      'project.yaml': `${head}${lines.join('\n')}\n`,
      'tasks/t.js': 'function handle_cron() {}',
    };
    await works.runtime.deploy({ slug, files, bundle: null, actor: actor('manager') });
  }
}

/** In percent of one processor. */
async function idleCost(works: TestRuntime): Promise<string> {
  await pause(3000);
  const before = process.cpuUsage();
  const began = performance.now();
  await pause(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  const jobs = (await works.store.listJobs({}, { limit: 1000 })).items.length;
  return `${((user + system) / 10 / (performance.now() - began)).toFixed(3)} % (${jobs} jobs meanwhile)`;
}

async function idle(): Promise<void> {
  const works = await openTestRuntime();
  console.log(`idle without cron triggers: ${await idleCost(works)}`);
  await deployAll(works, (n) => `${n % 60} ${n % 24} ${1 + (n % 28)} * *`);
  console.log(`idle with ${triggers}: ${await idleCost(works)}`);
  await works.close();
}

async function atOnce(): Promise<void> {
  const clock = new FakeClock();
  const works = await openTestRuntime({ clock });
  await deployAll(works, () => '0 3 * * *');
  const at = (await works.store.nextTickAt()) ?? 0;
  const began = performance.now();
  clock.advance(at - clock.now());
  while ((await works.store.nextTickAt()) === at) await pause(5);
  console.log(
    `${triggers} that fall due at once are queued after ${(performance.now() - began).toFixed(0)} ms`,
  );
  await works.close();
}

await idle();
await atOnce();
