import type { NotJson } from "./json-fault.ts";
import type { Nothing, SurvivesJson } from "./wire.ts";

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
    : [input: NotJson<In>, ...rest: Rest];
