import { z } from 'zod';
import { parseHost } from './hosts.ts';
import { duration, hostPattern, listOf, optional, section, textLike } from './schema-parts.ts';

/** `egress.allow` of project.yaml: hosts, or maps that say more about them. What they mean is in `gate/policy.ts`. */

const MOST_PATHS = 100;
const MOST_METHODS = 20;
const HOUR = 60 * 60 * 1000;

const method = textLike(/^[A-Z][A-Z-]{0,31}$/, 'a method in capitals, such as GET');

const PATH_FORM =
  'a path such as "/v1/items", "/v1/*" or "/files/**", without "%", "?", ".." and "//"; one "*" in each part, "**" at the end only';

const path = z.string().refine(isPathPattern, `must be ${PATH_FORM}`);

const rate = section({
  limit: z.int().min(1).max(1000),
  per: duration(100, 'from 100ms to 1 hour').refine(
    (ms) => ms <= HOUR,
    'must be a duration such as "1s", from 100ms to 1 hour',
  ),
});

const host = z.string().transform((text, context) => {
  const parsed = parseHost(text);
  if (parsed !== undefined) return parsed;
  const message = 'must be a host such as api.example.com, "*.example.com" or "127.0.0.1:8069" (not a URL)';
  context.issues.push({ code: 'custom', input: text, message });
  return z.NEVER;
});

const terms = {
  methods: optional(z.array(method).min(1).max(MOST_METHODS), null),
  paths: optional(z.array(path).min(1).max(MOST_PATHS), null),
  rate: optional(rate, null),
};

/** Keys that are not there stay away, so that what was deployed before and what is deployed now compare as equal. */
const given = <Terms extends object>(all: Terms) =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as {
    readonly [Key in keyof Terms]?: NonNullable<Terms[Key]>;
  };

const entry = section({
  host: optional(host, null),
  param: optional(textLike(/^[A-Za-z_$][\w$]*$/, 'the key of a param'), null),
  port: optional(z.int().min(1).max(65_535), null),
  ...terms,
}).transform(({ host, param, port, ...rest }, context) => {
  const fail = (message: string) => {
    context.issues.push({ code: 'custom', input: host ?? param, message });
    return z.NEVER;
  };
  if ((host === null) === (param === null)) return fail('must have one of: host, param');
  if (param !== null) {
    return port === null ? { param, ...given(rest) } : fail('has a port: the URL in the param says which');
  }
  const whole = port === null ? host : parseHost(`${host}:${port}`);
  if (whole === undefined) return fail('has a port twice: in host and in port');
  return { host: whole ?? '', ...given(rest) };
});

export const allowList = listOf(
  z.union([hostPattern.options[0], entry], `must be a host, or a map with host or param`),
);

/** At most one star in each part, so that comparing costs no more than the path is long. */
function isPathPattern(text: string): boolean {
  if (!/^\/[A-Za-z0-9\-._~!$&'()+,=:@*/]*$/.test(text) || text.length > 500) return false;
  const parts = text.slice(1).split('/');
  const last = parts.length - 1;
  return parts.every((part, index) => {
    if (part === '**') return index === last;
    return (part !== '' || index === last) && !/^\.\.?$|\*.*\*/.test(part);
  });
}
