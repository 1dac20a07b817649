import { STORES } from "../testing/grounds.ts";
import { versionCases } from "./version-cases.testsuite.ts";

versionCases(STORES.flatMap((store) => [true, false].map((keepCursors) => ({ store, keepCursors }))));
