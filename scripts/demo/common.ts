// Common Code is shared by all tasks of the project: what it exports, they can use by name, without an import.
// It runs inside the task, so it has no secrets and no network.

export interface Order {
  readonly customer: string;
  readonly items: readonly { readonly product: string; readonly quantity: number }[];
  /** The customer wants a signed answer. */
  readonly signed?: boolean;
}

/** An order out of what somebody sent. Throws a ValidationError that says what is wrong with it. */
export function readOrder(data: unknown): Order {
  const { customer, items, signed } = (data ?? {}) as Partial<Order>;
  if (typeof customer !== 'string' || customer.trim() === '')
    throw new ValidationError('"customer" is missing.');
  if (!Array.isArray(items) || items.length === 0)
    throw new ValidationError('"items" has to be a list of products.');
  for (const item of items) {
    if (!Object.hasOwn(prices(), item?.product))
      throw new ValidationError(`There is no product "${item?.product}".`);
    if (!Number.isInteger(item.quantity) || item.quantity < 1 || item.quantity > 1000) {
      throw new ValidationError(`"quantity" of ${item.product} has to be a whole number from 1 to 1000.`);
    }
  }
  return { customer: customer.trim(), items, signed: signed === true };
}

/** What an order costs, for people: "12.00 EUR". Counted in cents, because 0.1 + 0.2 is not 0.3. */
export function totalOf(order: Order): string {
  const cents = order.items.reduce((sum, item) => sum + item.quantity * _cents(prices()[item.product]), 0);
  return `${(cents / 100).toFixed(2)} ${params.CURRENCY}`;
}

/** A text with its {names} filled in. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (name, key) => (Object.hasOwn(values, key) ? `${values[key]}` : name));
}

export function prices(): Record<string, string> {
  return json.loads(params.PRICES);
}

function _cents(price: string | undefined): number {
  return Math.round(Number(price) * 100);
}
