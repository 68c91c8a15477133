/**
 * The names that code of a project finds in scope: what the bootstrap of a realm provides and a unit's wrapper
 * declares. A unit declares those that its code mentions. Sorted, so that tables made from them read well.
 */
const EVERYWHERE = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'DOMException',
  'Event',
  'EventTarget',
  'FormData',
  'Headers',
  'LOG_CRITICAL',
  'LOG_DEBUG',
  'LOG_ERROR',
  'LOG_INFO',
  'LOG_WARNING',
  'ReadableStream',
  'Request',
  'Response',
  'RetryableJobError',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
  'UserError',
  'ValidationError',
  'add_job',
  'atob',
  'b64decode',
  'b64encode',
  'btoa',
  'clearTimeout',
  'console',
  'crypto',
  'env',
  'get_link',
  'globalThis',
  'html2plaintext',
  'job',
  'json',
  'log',
  'params',
  'queueMicrotask',
  'registers',
  'search_links',
  'setTimeout',
  'set_link',
  'structuredClone',
  'sync_external',
  'sync_odoo2x',
  'sync_x2odoo',
  'texts',
  'texts_in',
  'user',
];

/** Of tasks, and of Common Code inside them. There is no `fetch` and no `secrets` here, on purpose. */
export const TASK_CAPABILITIES: readonly string[] = Object.freeze(
  [...EVERYWHERE, 'TRIGGER_NAME', 'trigger_name', 'webhooks'].sort(),
);

/** Of Protected Code, and of the npm packages inside it. */
export const PROTECTED_CAPABILITIES: readonly string[] = Object.freeze(
  [
    ...EVERYWHERE,
    'backup',
    'fetch',
    'log_outgoing_data',
    'log_transmission',
    'secrets',
    'storage',
    'url2base64',
    'url2bin',
  ].sort(),
);

/** Reserved: they are undefined until the version that brings them. */
export const NOT_YET: readonly string[] = Object.freeze(['backup', 'storage']);
