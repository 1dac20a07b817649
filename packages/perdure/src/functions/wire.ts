/** What JSON makes of a value: `Date` becomes `string`, methods disappear, what JSON cannot hold becomes `never`. JSON-only types stay as they are. */
export type Wire<T> = unknown extends T ? T : T extends unknown ? Keep<T, Image<T>> : never;

/** Nothing in here looks into what it made: a type may contain itself. */
type Image<T> = unknown extends T ? T : T extends unknown ? WireOne<T> : never;

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

type AnyFunction = (...args: never[]) => unknown;
/** Refused, Node's Buffer with its toJSON too. */
type Binary = ArrayBuffer | ArrayBufferView;
/** Objects that JSON writes as `{}`: their content would be lost. */
type Collection =
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
export type SurvivesJson<T> = unknown extends T ? true : [T] extends [Wire<T>] ? ([Wire<T>] extends [T] ? true : false) : false;

/**
 * Stands in a parameter list where an argument would be refused anyway. A string literal, since the compiler shows that in full: "Argument of type
 * '{ when: Date; }' is not assignable to parameter of type '"this input …"'"; of an interface it would show the name alone.
 */
export type NotJson = "this input does not survive JSON: accept its JSON form (a Date as string) or give an input schema";

/** The argument list of a call with input `In`: none, optional or required. */
export type InputArgs<In, Rest extends readonly unknown[] = []> =
  SurvivesJson<In> extends true
    ? unknown extends In
      ? [input?: In, ...rest: Rest]
      : [In] extends [Nothing]
        ? [input?: undefined, ...rest: Rest]
        : undefined extends In
          ? [input?: In, ...rest: Rest]
          : [input: In, ...rest: Rest]
    : [input: NotJson, ...rest: Rest];
