/** How the exports of Protected Code look from outside: functions are async, plain objects of functions one level deep too. */
export const REMOTE = `
type AnyFunction = (...args: any[]) => unknown;
type RemoteFunction<T> = T extends (...args: infer Args) => infer Result ? (...args: Args) => Promise<Awaited<Result>> : never;
type PlainData = Date | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | ArrayBuffer | ArrayBufferView | readonly unknown[];
type Remote<T> = T extends AnyFunction
  ? RemoteFunction<T>
  : T extends PlainData
    ? T
    : T extends object
      ? T[keyof T] extends AnyFunction
        ? { readonly [Key in keyof T as Key extends \`_\${string}\` ? never : Key]: RemoteFunction<T[Key]> }
        : T
      : T;
`;
