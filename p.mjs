import fs from 'node:fs';
import ivm from 'isolated-vm';

const iso = new ivm.Isolate({ memoryLimit: 64 });
const ctx = iso.createContextSync();
let t = performance.now();
const ses = fs.readFileSync('/work/main/node_modules/ses/dist/lockdown.umd.min.js', 'utf8');
console.log('ses bytes', ses.length);
iso.compileScriptSync('"use strict";' + ses).runSync(ctx);
console.log('ses load', performance.now() - t);
t = performance.now();
iso
  .compileScriptSync(
    `lockdown({overrideTaming:'severe', errorTaming:'unsafe', consoleTaming:'unsafe', stackFiltering:'verbose', evalTaming:'unsafe-eval', dateTaming:'unsafe', mathTaming:'unsafe', localeTaming:'unsafe'});`,
  )
  .runSync(ctx);
console.log('lockdown', performance.now() - t);
const done = 0,
  resolvers = new Map();
const post = new ivm.Callback(
  (k, id, a) => {
    if (k === 'done') {
      resolvers.get(id)(a);
      resolvers.delete(id);
    }
  },
  { ignored: true },
);
const postS = new ivm.Callback((k, id, a) => {
  if (k === 'done') {
    resolvers.get(id)(a);
    resolvers.delete(id);
  }
});
const mk = (post) =>
  ctx.evalClosureSync(
    `const post=$0; return (id,text)=>{ const o=JSON.parse(text); (async()=>{ post('log',id,'hello'); await null; return {hello:o.a.b} })().then(v=>post('done',id,JSON.stringify(v))) }`,
    [post],
    { result: { reference: true } },
  );
const fA = mk(post),
  fS = mk(postS);
const text = JSON.stringify({ a: { b: 'x'.repeat(100) }, c: Array(30).fill({ k: 'v', n: 1 }) });
async function bench(name, fn, n, c) {
  for (let i = 0; i < 2000; i++) await fn();
  const t = performance.now(),
    cpu = process.cpuUsage();
  let left = n;
  await Promise.all(
    Array.from({ length: c }, async () => {
      while (left-- > 0) await fn();
    }),
  );
  const ms = performance.now() - t;
  const u = process.cpuUsage(cpu);
  console.log(
    name,
    'c=' + c,
    Math.round((n / ms) * 1000) + '/s',
    ((ms * 1000) / n).toFixed(1) + 'us',
    'cpu ' + ((u.user + u.system) / n).toFixed(1) + 'us',
  );
}
let id = 0;
const viaApply = (f) => () =>
  new Promise((r, j) => {
    const i = ++id;
    resolvers.set(i, r);
    f.apply(undefined, [i, text], { timeout: 1000 }).catch(j);
  });
const viaSync = (f) => () =>
  new Promise((r, j) => {
    const i = ++id;
    resolvers.set(i, r);
    f.applySync(undefined, [i, text], { timeout: 1000 });
  });
const viaIgn = (f) => () =>
  new Promise((r, j) => {
    const i = ++id;
    resolvers.set(i, r);
    f.applyIgnored(undefined, [i, text], { timeout: 1000 });
  });
// serialized queue
const serial = (f) => {
  let q = [],
    busy = false;
  const next = () => {
    if (!q.length) {
      busy = false;
      return;
    }
    busy = true;
    const [i, j] = q.shift();
    const c0 = iso.cpuTime;
    f.apply(undefined, [i, text], { timeout: 1000 }).then(() => {
      iso.cpuTime - c0;
      next();
    }, j);
  };
  return () =>
    new Promise((r, j) => {
      const i = ++id;
      resolvers.set(i, r);
      q.push([i, j]);
      if (!busy) next();
    });
};
for (const c of [1, 50]) {
  await bench('apply+ignored cb', viaApply(fA), 20000, c);
  await bench('apply+sync cb', viaApply(fS), 20000, c);
  await bench('applySync+ignored cb', viaSync(fA), 20000, c);
  await bench('applySync+sync cb', viaSync(fS), 20000, c);
  await bench('serial apply+ignored', serial(fA), 20000, c);
  await bench('serial apply+sync cb', serial(fS), 20000, c);
}
process.exit();
