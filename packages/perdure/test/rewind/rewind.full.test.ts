import { MODES, STORES } from "../testing/stand.ts";
import { rewindCases } from "./rewind-cases.testsuite.ts";

rewindCases(STORES.flatMap((store) => MODES.map((mode) => ({ store, mode }))));
