/** The legacy constants in the order of their codes, from 1, and the names that go by them; some codes have no name any more. */
const LEGACY: readonly (readonly [constant: string, name: string])[] = [
  ['INDEX_SIZE_ERR', 'IndexSizeError'],
  ['DOMSTRING_SIZE_ERR', ''],
  ['HIERARCHY_REQUEST_ERR', 'HierarchyRequestError'],
  ['WRONG_DOCUMENT_ERR', 'WrongDocumentError'],
  ['INVALID_CHARACTER_ERR', 'InvalidCharacterError'],
  ['NO_DATA_ALLOWED_ERR', ''],
  ['NO_MODIFICATION_ALLOWED_ERR', 'NoModificationAllowedError'],
  ['NOT_FOUND_ERR', 'NotFoundError'],
  ['NOT_SUPPORTED_ERR', 'NotSupportedError'],
  ['INUSE_ATTRIBUTE_ERR', 'InUseAttributeError'],
  ['INVALID_STATE_ERR', 'InvalidStateError'],
  ['SYNTAX_ERR', 'SyntaxError'],
  ['INVALID_MODIFICATION_ERR', 'InvalidModificationError'],
  ['NAMESPACE_ERR', 'NamespaceError'],
  ['INVALID_ACCESS_ERR', 'InvalidAccessError'],
  ['VALIDATION_ERR', ''],
  ['TYPE_MISMATCH_ERR', 'TypeMismatchError'],
  ['SECURITY_ERR', 'SecurityError'],
  ['NETWORK_ERR', 'NetworkError'],
  ['ABORT_ERR', 'AbortError'],
  ['URL_MISMATCH_ERR', 'URLMismatchError'],
  ['QUOTA_EXCEEDED_ERR', 'QuotaExceededError'],
  ['TIMEOUT_ERR', 'TimeoutError'],
  ['INVALID_NODE_TYPE_ERR', 'InvalidNodeTypeError'],
  ['DATA_CLONE_ERR', 'DataCloneError'],
];

/** An error of the web platform, told apart by `name`: `AbortError`, `TimeoutError`, `InvalidCharacterError`, ... */
export class DOMException extends Error {
  readonly #name: string;

  /** The second argument is the name, or `{name, cause}`. */
  constructor(message: unknown = '', options: unknown = 'Error') {
    super(`${message}`);
    if (typeof options !== 'object' || options === null) {
      this.#name = `${options}`;
      return;
    }
    this.#name = 'name' in options && options.name !== undefined ? `${options.name}` : 'Error';
    if ('cause' in options) {
      Object.defineProperty(this, 'cause', { value: options.cause, writable: true, configurable: true });
    }
  }

  override get name(): string {
    return #name in this ? this.#name : 'Error';
  }

  /** The legacy number of the name; 0 for names without one. */
  get code(): number {
    return LEGACY.findIndex(([, name]) => name !== '' && name === this.#name) + 1;
  }

  get [Symbol.toStringTag](): string {
    return 'DOMException';
  }
}

for (const [index, [constant]] of LEGACY.entries()) {
  const property = { value: index + 1, enumerable: true };
  Object.defineProperty(DOMException, constant, property);
  Object.defineProperty(DOMException.prototype, constant, property);
}
