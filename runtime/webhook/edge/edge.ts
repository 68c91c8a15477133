import { addressMatcher } from '../../addresses.ts';
import { MOST_LOOKED_AT, type WebhookAuth, type WebhookTrigger } from '../../project/webhook-spec.ts';
import { secretHeaderOf } from './authenticate.ts';
import { type Repetitions, repetitionsOf } from './delivery-id.ts';
import { schemeOf } from './schemes.ts';

/** What is checked of the requests to one webhook, made ready once for each version of its project. */
export interface Edge {
  /** Undefined: all. */
  readonly methods: readonly string[] | undefined;
  readonly auth: WebhookAuth;
  /** Undefined: everybody. */
  readonly allows: ((address: string) => boolean) | undefined;
  readonly repetitions: Repetitions;
  /** Bytes; undefined: what the server takes. */
  readonly maxBody: number | undefined;
  readonly maxParts: number | undefined;
  readonly rate: { readonly limit: number; readonly per: number } | null;
  readonly queued: boolean;
  /** Deliveries of each kind that are kept. */
  readonly keep: number;
  /** The header whose value is the secret itself, in lower case: the handler does not get it. */
  readonly secretHeader: string | undefined;
  /** Headers whose value is not kept in copies, in lower case. */
  readonly hidden: readonly string[];
}

const KEPT = 20;
const NONE: WebhookAuth = {
  type: 'none',
  secret: null,
  previous_secret: null,
  user: null,
  header: null,
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: '',
  timestamp: null,
  tolerance: 0,
};

const made = new WeakMap<WebhookTrigger, Edge | null>();

/** The edge of a webhook; null when its project.yaml asks for none, and its requests go straight to the handler. */
export function edgeOf(spec: WebhookTrigger): Edge | null {
  const known = made.get(spec);
  if (known !== undefined) return known;
  const edge = isAsked(spec) ? Object.freeze(makeEdge(spec)) : null;
  made.set(spec, edge);
  return edge;
}

/** In a version that was deployed before these keys existed they are undefined. */
function isAsked(spec: WebhookTrigger): boolean {
  const values = [spec.auth, spec.dedupe, spec.max_body, spec.max_parts, spec.rate, spec.deliveries];
  const lists = [spec.methods, spec.allow_from];
  return (
    values.some((value) => (value ?? null) !== null) ||
    lists.some((list) => (list ?? []).length > 0) ||
    spec.answer === 'queued'
  );
}

function makeEdge(spec: WebhookTrigger): Edge {
  const auth = spec.auth ?? NONE;
  const scheme = schemeOf(auth);
  const repetitions = repetitionsOf(spec, scheme?.timed === true);
  const queued = spec.answer === 'queued';
  return {
    methods: spec.methods.length === 0 ? undefined : spec.methods,
    auth,
    allows: spec.allow_from.length === 0 ? undefined : addressMatcher(spec.allow_from),
    repetitions,
    maxBody: leastOf(spec.max_body, queued || repetitions.place?.json ? MOST_LOOKED_AT : null),
    maxParts: spec.max_parts ?? undefined,
    rate: spec.rate,
    queued,
    keep: spec.deliveries ?? KEPT,
    secretHeader: secretHeaderOf(auth.type),
    hidden: scheme?.headers ?? [],
  };
}

function leastOf(...bounds: readonly (number | null)[]): number | undefined {
  const given = bounds.filter((bound) => bound !== null);
  return given.length === 0 ? undefined : Math.min(...given);
}
