import { MODES, STORES } from "../testing/stand.ts";
import { forkCases } from "./fork-cases.testsuite.ts";

forkCases(STORES.flatMap((store) => MODES.map((mode) => ({ store, mode }))));
