import { intervalTimers } from "./interval-timers.testsuite.ts";

intervalTimers("memory", true);
intervalTimers("sqlite", false);
