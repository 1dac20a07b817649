import { fuzzHttp } from "./fuzz.testsuite.ts";

fuzzHttp(10_000);
