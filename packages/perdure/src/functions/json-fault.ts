import type { AnyFunction, Binary, Collection, Json, Nothing, SurvivesJson } from "./wire.ts";

/*
 * What the compiler says of a type that JSON does not carry. The messages are string literals, since the compiler shows those in full: "not assignable to
 * parameter of type '"this input …: lines[].at is a Date"'"; of an interface it would show the name alone. The path is looked for only where the cheap
 * question was answered "no", and no deeper than needed: a field of the value itself comes before those within it.
 */

/** Stands in a parameter list where an argument would be refused anyway. */
export type NotJson<In> =
  `this input does not survive JSON: ${Reason<InputFault<In, "", []>>}. Accept its JSON form (a Date as string) or give an input schema`;

/** Stands beside a handler whose result would be refused when it runs: it takes nothing away where the result has a JSON form. */
export type JsonResult<Out> = [Out] extends [Kept<Out>]
  ? unknown
  : `this result does not survive JSON: ${Reason<OutputFault<Out, "", []>>}. Return its JSON form or give an output schema`;

type Reason<Fault> = [Fault] extends [never] ? "a part of it is lost" : Fault & string;

// --- results: a Date and what has a toJSON may be in there, methods are left out; the rest is refused at run time (PAYLOAD_NOT_JSON) ---

type Kept<T> = unknown extends T ? T : [T] extends [Json] ? T : T extends unknown ? KeptOne<T> : never;
type KeptOne<T> = T extends string | number | boolean | null | undefined
  ? T
  : Nothing extends T
    ? T
    : T extends Refused
      ? never
      : T extends HasJsonForm
        ? T
        : T extends object
          ? { [Key in keyof T]: IsMethod<T, Key> extends true ? T[Key] : Kept<T[Key]> }
          : never;

type Refused = bigint | symbol | AnyFunction | Binary | Collection;
type HasJsonForm = { toJSON(...args: never[]): unknown };
type IsMethod<T, Key extends keyof T> = T extends readonly unknown[] ? false : [NonNullable<T[Key]>] extends [AnyFunction] ? true : false;

// --- the first fault in a type, with its path: "lines[].at is a Date" ---

type InputFault<T, Path extends string, Depth extends readonly 1[]> = T extends unknown
  ? SurvivesJson<T> extends true
    ? never
    : [InputWord<T>] extends [never]
      ? Within<T, Path, Depth, "input">
      : `${Shown<Path>} is ${InputWord<T>}`
  : never;

type OutputFault<T, Path extends string, Depth extends readonly 1[]> = T extends unknown
  ? [T] extends [Kept<T>]
    ? never
    : [RefusedWord<T>] extends [never]
      ? Within<T, Path, Depth, "output">
      : `${Shown<Path>} is ${RefusedWord<T>}`
  : never;

type Side = "input" | "output";
type FaultOf<T, Path extends string, Depth extends readonly 1[], Of extends Side> = Of extends "input"
  ? InputFault<T, Path, Depth>
  : OutputFault<T, Path, Depth>;
type WordOf<T, Of extends Side> = T extends unknown ? (Of extends "input" ? InputWord<T> : RefusedWord<T>) : never;

/** A type may contain itself. */
type DEEPEST = 6;

type Within<T, Path extends string, Depth extends readonly 1[], Of extends Side> = Depth["length"] extends DEEPEST
  ? never
  : T extends readonly (infer Element)[]
    ? undefined extends Element
      ? `${Shown<`${Path}[]`>} may be undefined (null in JSON)`
      : FaultOf<Element, `${Path}[]`, [...Depth, 1], Of>
    : [OwnFault<T, Path, Of>] extends [never]
      ? { [Key in keyof T]-?: FaultOf<T[Key], Joined<Path, Key>, [...Depth, 1], Of> }[keyof T]
      : OwnFault<T, Path, Of>;

type OwnFault<T, Path extends string, Of extends Side> = {
  [Key in keyof T]-?: Key extends symbol
    ? Of extends "input"
      ? `${Shown<Path>} has a symbol as a key`
      : never
    : Of extends "output"
      ? IsMethod<T, Key> extends true
        ? never
        : Said<Joined<Path, Key>, WordOf<T[Key], Of>>
      : Said<Joined<Path, Key>, WordOf<T[Key], Of>>;
}[keyof T];

type Said<Path extends string, Word> = [Word] extends [never] ? never : `${Path} is ${Word & string}`;
type Shown<Path extends string> = Path extends "" ? "it" : Path;
type Joined<Path extends string, Key> = Key extends string | number ? (Path extends "" ? `${Key}` : `${Path}.${Key}`) : Path;

type InputWord<T> = T extends Date
  ? "a Date (a string in JSON)"
  : [RefusedWord<T>] extends [never]
    ? T extends HasJsonForm
      ? "an object with toJSON"
      : never
    : RefusedWord<T>;

type RefusedWord<T> = T extends bigint
  ? "a bigint"
  : T extends symbol
    ? "a symbol"
    : T extends AnyFunction
      ? "a function"
      : T extends Binary
        ? "an object of bytes"
        : T extends RegExp
          ? "a RegExp"
          : T extends Promise<unknown>
            ? "a promise that is not awaited"
            : T extends ReadonlyMap<unknown, unknown>
              ? "a Map"
              : T extends ReadonlySet<unknown>
                ? "a Set"
                : T extends Collection
                  ? "a weak collection"
                  : never;
