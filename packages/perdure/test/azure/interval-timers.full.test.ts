import { intervalTimers } from "./interval-timers.testsuite.ts";

intervalTimers("memory", false);
intervalTimers("sqlite", true);
