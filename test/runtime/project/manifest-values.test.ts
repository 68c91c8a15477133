import { describe, expect, it } from 'vitest';
import { HEAD, refuse, TASK } from '../../support/manifest.ts';

describe('a value that is not accepted', () => {
  const trigger = (text: string) => `${TASK}      - {${text}}`;
  const entry = (text: string) => `${HEAD}egress: {allow: [{${text}}]}`;

  it.each([
    ['an empty file', '', '1:1 the file must be a map'],
    ['no name', 'slug: x', '1:1 name is missing'],
    ['a slug with a space', 'name: x\nslug: a b', '2:7 slug must be letters, digits and dashes'],
    ['a slug like ..', 'name: x\nslug: ".."', '2:7 slug must be'],
    ['a name of two lines', 'name: "a\\nb"\nslug: x', '1:7 name must be one line'],
    [
      'a duration in milliseconds',
      `${HEAD}limits: {timeout: 5000}`,
      '3:19 limits.timeout must be a duration such as "30s"',
    ],
    ['a duration of nothing', `${HEAD}limits: {timeout: 0s}`, '3:19 limits.timeout must be a duration'],
    ['an unknown unit', `${HEAD}limits: {timeout: 3 moons}`, '3:19 limits.timeout must be a duration'],
    ['a memory too small to start', `${HEAD}limits: {memory: 1MB}`, '3:18 limits.memory must be a size'],
    [
      'half a job at once',
      `${HEAD}limits: {concurrency: 1.5}`,
      '3:23 limits.concurrency must be a whole number',
    ],
    ['no job at once', `${HEAD}limits: {concurrency: 0}`, '3:23 limits.concurrency must be at least 1'],
    ['an unknown word', `${HEAD}keep: {input: some}`, '3:15 keep.input must be one of: all, failed, none'],
    ['a number for text', `${HEAD}params: [{key: A, value: 5}]`, '3:26 params[0].value must be text'],
    ['a key that is no name', `${HEAD}params: [{key: A-B}]`, '3:16 params[0].key must be usable as a name'],
    ['a key with _ in front', `${HEAD}secrets: [{key: _A}]`, '3:17 secrets[0].key must be usable'],
    [
      'a place that secrets cannot go',
      `${HEAD}secrets: [{key: A, in: [cookie]}]`,
      '3:25 secrets[0].in[0] must be one of',
    ],
    ['a URL for a host', `${HEAD}egress: {allow: ["https://a.b"]}`, '3:18 egress.allow[0] must be a host'],
    ['every host', `${HEAD}egress: {allow: ["*"]}`, '3:18 egress.allow[0] must be a host'],
    ['an address that is short', `${HEAD}egress: {allow: ["127.1"]}`, '3:18 egress.allow[0] must be a host'],
    ['a map without a host', entry('methods: [GET]'), '3:18 egress.allow[0] must have one of: host, param'],
    [
      'both host and param',
      `${entry('host: a.b, param: C')}\nparams: [{key: C}]`,
      '3:18 egress.allow[0] must have one of: host, param',
    ],
    ['a port twice', entry('host: "a.b:1", port: 2'), '3:18 egress.allow[0] has a port twice'],
    ['an unknown key in a map', entry('host: a.b, path: /'), '3:30 unknown key "path" in egress.allow[0]'],
    [
      'a method in small letters',
      entry('host: a.b, methods: [get]'),
      '3:40 egress.allow[0].methods[0] must be a method in capitals',
    ],
    ['no method', entry('host: a.b, methods: []'), '3:39 egress.allow[0].methods must be at least 1'],
    [
      'a path without a slash',
      entry('host: a.b, paths: ["v1"]'),
      '3:38 egress.allow[0].paths[0] must be a path such as',
    ],
    [
      'a path with %',
      entry('host: a.b, paths: ["/a%2fb"]'),
      '3:38 egress.allow[0].paths[0] must be a path such as',
    ],
    [
      'a path that goes up',
      entry('host: a.b, paths: ["/a/../b"]'),
      '3:38 egress.allow[0].paths[0] must be a path such as',
    ],
    [
      'a path with a query',
      entry('host: a.b, paths: ["/a?b"]'),
      '3:38 egress.allow[0].paths[0] must be a path such as',
    ],
    [
      '** in the middle',
      entry('host: a.b, paths: ["/**/b"]'),
      '3:38 egress.allow[0].paths[0] must be a path such as',
    ],
    [
      'two stars in a part',
      entry('host: a.b, paths: ["/a*b*"]'),
      '3:38 egress.allow[0].paths[0] must be a path such as',
    ],
    [
      'no request at all',
      entry('host: a.b, rate: {limit: 0, per: 1s}'),
      '3:44 egress.allow[0].rate.limit must be at least 1',
    ],
    [
      'a rate for a day',
      entry('host: a.b, rate: {limit: 1, per: 1d}'),
      '3:52 egress.allow[0].rate.per must be a duration',
    ],
    [
      'a private host without port',
      `${HEAD}egress: {allow_private: [localhost]}`,
      '3:26 egress.allow_private[0] must be',
    ],
    ['port 0', `${HEAD}egress: {allow: ["a.b:0"]}`, '3:18 egress.allow[0] must be a host'],
    ['code outside of tasks', TASK.replace('tasks/t.ts', '../t.ts'), '5:11 tasks[0].code must be a file'],
    ['a task in capitals', TASK.replace('tasks/t.ts', 'tasks/T.ts'), '5:11 tasks[0].code must be a file'],
    [
      'a trigger of unknown type',
      trigger('type: timer, name: A'),
      '7:16 tasks[0].triggers[0].type must be one of: webhook',
    ],
    ['a trigger without type', trigger('name: A'), '7:9 tasks[0].triggers[0].type must be one of'],
    [
      'a webhook that is no name in code',
      trigger('type: webhook, name: A-B'),
      '7:31 tasks[0].triggers[0].name must be usable as webhooks.NAME',
    ],
    [
      'half a second',
      trigger('type: cron, name: A, every: 500ms'),
      '7:38 tasks[0].triggers[0].every must be a duration',
    ],
    [
      'a cron trigger without time',
      trigger('type: cron, name: A'),
      '7:16 tasks[0].triggers[0].type needs "every" or "cron"',
    ],
    [
      'both every and cron',
      trigger('type: cron, name: A, every: 5m, cron: "* * * * *"'),
      '7:48 tasks[0].triggers[0].cron and "every"',
    ],
    [
      'a pattern that is none',
      trigger('type: cron, name: A, cron: "61 * * * *"'),
      '7:37 tasks[0].triggers[0].cron must be a pattern',
    ],
    [
      '30 February',
      trigger('type: cron, name: A, cron: "0 0 30 2 *"'),
      '7:37 tasks[0].triggers[0].cron never comes',
    ],
    [
      'an interval below nothing',
      trigger('type: cron, name: A, every: -5m'),
      '7:38 tasks[0].triggers[0].every must be a duration',
    ],
    [
      'missed runs made up for twice',
      trigger('type: cron, name: A, every: 5m, missed: twice'),
      '7:50 tasks[0].triggers[0].missed must be one of: run_once, skip',
    ],
    [
      'a time zone of Mars',
      trigger('type: cron, name: A, cron: "0 3 * * *", timezone: Mars/X'),
      '7:60 tasks[0].triggers[0].timezone must be',
    ],
    [
      'a zone for an interval',
      trigger('type: cron, name: A, every: 5m, timezone: UTC'),
      '7:52 tasks[0].triggers[0].timezone goes with "cron"',
    ],
    [
      'a time without zone',
      trigger('type: cron, name: A, every: 5m, next: 2026-12-01T02:00:00'),
      '7:48 tasks[0].triggers[0].next must be a time',
    ],
    [
      'a day that is none',
      trigger('type: cron, name: A, every: 5m, next: 2026-02-30T02:00:00Z'),
      '7:48 tasks[0].triggers[0].next must be a time',
    ],
    [
      'a time trigger without field',
      trigger('type: db, name: A, model: a.b, on: time'),
      '7:45 tasks[0].triggers[0].on is "time"',
    ],
    [
      'watched fields of a new record',
      trigger('type: db, name: A, model: a.b, on: create, watched_fields: [a]'),
      '7:69 tasks[0].triggers[0].watched_fields goes with',
    ],
    [
      'waiting times that are none',
      TASK.replace('triggers:', 'retry: {backoff: []}\n    triggers:'),
      '6:22 tasks[0].retry.backoff must be at least 1',
    ],
  ])('refuses %s', (_, text, start) => {
    expect(refuse(text).map((line) => line.slice(0, start.length))).toEqual([start]);
  });
});
