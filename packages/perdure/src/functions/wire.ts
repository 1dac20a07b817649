import type { JsonValue } from "../model/payload.ts";

/** What JSON makes of a value: `Date` becomes `string`, methods disappear, what JSON cannot hold becomes `never`. JSON-only types stay as they are. */
export type Wire<T> = unknown extends T ? T : [T] extends [Json] ? T : T extends unknown ? Keep<T, Image<T>> : never;

/**
 * What JSON is made of stays as it is, and is not looked into: `type Json = string | … | Json[]` contains itself in a list, which a mapped type would
 * follow without end. Interfaces are not among these (they lack an index signature), and are looked into.
 */
export type Json = JsonValue | undefined;

/** Nothing in here looks into what it made: a type may contain itself. */
type Image<T> = unknown extends T ? T : [T] extends [Json] ? T : T extends unknown ? WireOne<T> : never;

type WireOne<T> = T extends string | number | boolean | null | undefined
  ? T
  : Nothing extends T
    ? T
    : T extends bigint | symbol | AnyFunction | Binary
      ? never
      : T extends { toJSON(...args: never[]): infer Json }
        ? Image<Json>
        : T extends readonly unknown[]
          ? WireList<T>
          : T extends Collection
            ? never
            : T extends object
              ? WireFields<T>
              : never;

/** `void`, the input of a function that has none. */
export type Nothing = ReturnType<() => void>;

export type AnyFunction = (...args: never[]) => unknown;
/** Refused, Node's Buffer with its toJSON too. */
export type Binary = ArrayBuffer | ArrayBufferView;
/** Objects that JSON writes as `{}`: their content would be lost. */
export type Collection =
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | WeakMap<object, unknown>
  | WeakSet<object>
  | RegExp
  | Promise<unknown>;

type WireFields<T> = {
  [Key in keyof T as Key extends symbol
    ? never
    : [NonNullable<T[Key]>] extends [AnyFunction]
      ? DroppedUnlessEmpty<T[Key], Key>
      : Key]: Image<T[Key]>;
};
/** `never` extends everything: a field that holds nothing is kept, a method goes. */
type DroppedUnlessEmpty<Value, Key> = [NonNullable<Value>] extends [never] ? Key : never;
/** Its own branch: a mapped type with `as` would lose tuples. Inside a list JSON writes null for what it leaves out elsewhere. */
type WireList<T extends readonly unknown[]> = { [Index in keyof T]: WireElement<T[Index]> };
type WireElement<T> = T extends undefined ? null : Image<T>;

/** The type as the author wrote it when nothing changes, so that it reads as such. */
type Keep<T, Made> = [T] extends [Made] ? ([Made] extends [T] ? T : Made) : Made;

/** True when a value of this type comes out of JSON as it went in. */
export type SurvivesJson<T> = unknown extends T
  ? true
  : [T] extends [Json]
    ? true
    : [T] extends [Wire<T>]
      ? [Wire<T>] extends [T]
        ? true
        : false
      : false;
