/** Sends one operation: its name, its input, options. */
export type SendOperation = (operation: string, input: unknown, options: unknown) => unknown;

/**
 * `acc.call.withdraw(30)`: any name is an operation, since an entity may be defined elsewhere. No symbol is one, so that the group is not taken for something
 * to iterate over or to convert.
 */
export const operationGroup = (send: SendOperation): object =>
  new Proxy(NO_OPERATIONS, {
    get: (_group, operation) =>
      typeof operation === "string" ? (input?: unknown, options?: unknown) => send(operation, input, options) : undefined,
  });

const NO_OPERATIONS = Object.freeze({});
