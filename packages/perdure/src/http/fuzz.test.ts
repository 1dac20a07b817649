import { fuzzHttp } from "./fuzz.testsuite.ts";

fuzzHttp(400);
