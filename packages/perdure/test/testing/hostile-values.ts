const broken = (): never => {
  throw new Error("the value does not let itself be read");
};

/** Every trap throws. */
const traps: ProxyHandler<object> = {
  apply: broken,
  construct: broken,
  defineProperty: broken,
  deleteProperty: broken,
  get: broken,
  getOwnPropertyDescriptor: broken,
  getPrototypeOf: broken,
  has: broken,
  isExtensible: broken,
  ownKeys: broken,
  preventExtensions: broken,
  set: broken,
  setPrototypeOf: broken,
};

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function withGetter<T extends object>(target: T, key: PropertyKey, get: () => unknown, enumerable = false): T {
  return Object.defineProperty(target, key, { get, enumerable, configurable: true });
}

function containingItself(copies: number): AggregateError {
  const error = new AggregateError([], "business error");
  error.errors = Array.from({ length: copies }, () => error);
  error.cause = error;
  return error;
}

function causedByItself(): Error {
  const error = new Error("business error");
  error.cause = new Error("between", { cause: error });
  return error;
}

const business = () => new Error("business error");

/** Read by code that takes a thrown value apart. Made for each use: some change when they are read. */
export const HOSTILE_ERRORS: { readonly [name: string]: () => unknown } = {
  "a revoked proxy": () => revoked({}),
  "a revoked proxy of an error": () => revoked(business()),
  "a proxy whose traps throw": () => new Proxy({}, traps),
  "a proxy of an error whose traps throw": () => new Proxy(business(), traps),
  "a proxy of a function whose traps throw": () => new Proxy(() => {}, traps),
  "an error whose cause throws": () => withGetter(business(), "cause", broken),
  "an error whose cause is a revoked proxy": () => new Error("business error", { cause: revoked({}) }),
  "an error whose message throws": () => withGetter(business(), "message", broken),
  "an error whose message is not a string": () => withGetter(business(), "message", () => ({ toString: broken })),
  "an error whose stack throws": () => withGetter(business(), "stack", broken),
  "an error whose name throws": () => withGetter(business(), "name", broken),
  "an error whose name is a symbol": () => withGetter(business(), "name", () => Symbol("name")),
  "an error whose constructor throws": () => withGetter(business(), "constructor", broken),
  "an error whose class has an object for a name": () =>
    withGetter(business(), "constructor", () => withGetter(class {}, "name", () => ({}))),
  "an error without a prototype": () => Object.setPrototypeOf(business(), null),
  "an error whose field throws": () => withGetter(business(), "code", broken, true),
  "an error with ten thousand fields": () =>
    Object.assign(business(), Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`f${at}`, at]))),
  "an error with a bigint and a cycle in fields": () => Object.assign(business(), { price: 1n, self: causedByItself() }),
  "an error whose toJSON and toString throw": () => Object.assign(business(), { toJSON: broken, toString: broken }),
  "an error that is caused by itself": causedByItself,
  "an AggregateError that contains itself 40 times": () => containingItself(40),
  "an AggregateError whose errors throw": () => withGetter(new AggregateError([], "business error"), "errors", broken),
  "an AggregateError of a revoked proxy": () => new AggregateError([revoked({}), revoked([])], "business error"),
  "an error that says it is non-retriable by throwing": () => withGetter(business(), "isNonRetriable", broken),
  "an error with a failure that is none": () =>
    Object.assign(new Error("business error", { cause: 1 }), {
      failure: { errorType: "X", message: "m", price: 1n, cause: revoked({}), errors: revoked([]) },
    }),
  "an error with a failure that contains itself": () => {
    const failure: { [key: string]: unknown } = { errorType: "X", message: "m" };
    failure.cause = failure;
    failure.errors = Array.from({ length: 40 }, () => failure);
    return Object.assign(new Error("business error", { cause: 1 }), { failure });
  },
  "a message of five million characters": () => new Error("business error ".repeat(350_000)),
  "a symbol": () => Symbol("hostile"),
  "a bigint": () => 10n,
  "a function": () => broken,
  undefined: () => undefined,
  null: () => null,
  "an object without a prototype": () => Object.create(null),
  "an object whose toString and valueOf throw": () => ({ toString: broken, valueOf: broken, [Symbol.toPrimitive]: broken }),
  "an object whose inspection throws": () => ({ [Symbol.for("nodejs.util.inspect.custom")]: broken }),
  "an object whose then throws": () => withGetter({}, "then", broken),
};

/** Values that JSON cannot hold, or that harm code that writes them down. */
export const HOSTILE_RESULTS: { readonly [name: string]: () => unknown } = {
  "a revoked proxy": () => revoked({}),
  "a revoked proxy of a list": () => ({ list: revoked([]) }),
  "a proxy whose traps throw": () => new Proxy({}, traps),
  "a proxy whose traps throw, in a list": () => [new Proxy({}, traps)],
  "a getter that throws": () => withGetter({}, "field", broken, true),
  "a getter that throws a hostile value": () =>
    withGetter(
      {},
      "field",
      () => {
        throw new Proxy(business(), traps);
      },
      true,
    ),
  "a toJSON that throws": () => ({ toJSON: broken }),
  "a toJSON that throws a symbol": () => ({
    toJSON() {
      throw Symbol("hostile");
    },
  }),
  "a toJSON that gives itself": () => {
    const value = { toJSON: () => ({ value }) };
    return value;
  },
  "a then that throws": () => withGetter({ field: 1 }, "then", broken, true),
  "a cycle": () => {
    const value: { self?: unknown } = {};
    value.self = [value];
    return value;
  },
  "a hundred thousand levels": () => {
    let value: unknown = 1;
    for (let level = 0; level < 100_000; level++) value = [value];
    return value;
  },
  "a bigint": () => ({ price: 10n }),
  "a symbol": () => Symbol("hostile"),
  "a function": () => ({ run: broken }),
  "a Map": () => ({ items: [new Map([[1, 2]])] }),
  "not a number": () => [Number.NaN],
  bytes: () => Buffer.from("bytes"),
};
