import type { OrchestrationScope } from "../../process/code-scope.ts";
import { currentOrchestration } from "../../process/code-scope.ts";
import { nodeCrypto } from "../../process/node-crypto.ts";
import { dashed } from "../values/guid.ts";
import type { AnyFunction, Patches } from "./patches.ts";

/** Random values: inside an orchestrator they come from the instance's own sequence, the same in every replay. */
export function patchRandom(patches: Patches): void {
  const scoped = (target: object, key: string, image: (scope: OrchestrationScope, args: readonly unknown[]) => unknown): void =>
    patches.method(
      target,
      key,
      (original): AnyFunction =>
        function (...args) {
          const scope = currentOrchestration();
          return scope === undefined ? Reflect.apply(original, this, args) : image(scope, args);
        },
    );

  const crypto = nodeCrypto();
  scoped(Math, "random", (scope) => scope.random());
  const webPrototype: object = Object.getPrototypeOf(crypto.webcrypto);
  for (const target of [crypto, webPrototype]) {
    scoped(target, "randomUUID", (scope) => uuid(scope));
    scoped(target, "getRandomValues", (scope, [array]) => filled(scope, array));
  }
  scoped(crypto, "randomBytes", (scope, [size, callback]) => answered(callback, fill(scope, Buffer.alloc(Number(size)))));
  scoped(crypto, "pseudoRandomBytes", (scope, [size, callback]) => answered(callback, fill(scope, Buffer.alloc(Number(size)))));
  scoped(crypto, "randomInt", (scope, args) => randomInt(scope, args));
  scoped(crypto, "randomFillSync", (scope, [array, offset, size]) => filled(scope, array, offset, size));
  scoped(crypto, "randomFill", (scope, args) => answered(args.at(-1), filled(scope, args[0], ...args.slice(1, -1))));
}

/** Node's own forms with a callback answer later; a microtask is as late as an orchestrator can wait for. */
function answered(callback: unknown, value: unknown): unknown {
  if (typeof callback !== "function") return value;
  queueMicrotask(() => callback(null, value));
  return undefined;
}

function fill(scope: OrchestrationScope, bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(scope.random() * 256);
  return bytes;
}

/** Fills the whole view, or elements `offset` … `offset + size` of it, whatever its element type. */
function filled(scope: OrchestrationScope, array: unknown, offset?: unknown, size?: unknown): unknown {
  if (array instanceof ArrayBuffer) {
    fill(scope, new Uint8Array(array, Number(offset ?? 0), size === undefined ? undefined : Number(size)));
  } else if (ArrayBuffer.isView(array)) {
    const width = "BYTES_PER_ELEMENT" in array ? Number(array.BYTES_PER_ELEMENT) : 1;
    const from = Number(offset ?? 0) * width;
    const length = size === undefined ? array.byteLength - from : Number(size) * width;
    fill(scope, new Uint8Array(array.buffer, array.byteOffset + from, length));
  } else throw new TypeError("Expected an ArrayBuffer or a view of one");
  return array;
}

function uuid(scope: OrchestrationScope): string {
  const bytes = fill(scope, Buffer.alloc(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return dashed(Buffer.from(bytes).toString("hex"));
}

function randomInt(scope: OrchestrationScope, args: readonly unknown[]): unknown {
  const numbers = args.filter((arg) => typeof arg === "number");
  const [min, max] = numbers.length > 1 ? [numbers[0] ?? 0, numbers[1] ?? 0] : [0, numbers[0] ?? 0];
  if (!(max > min)) throw new RangeError(`The value of "max" is out of range. It must be greater than ${min}. Received ${max}`);
  return answered(args.at(-1), min + Math.floor(scope.random() * (max - min)));
}
