import { hostname } from "node:os";

/** This process, for people: `web-1:4711`. */
export const processName = (): string => `${hostname()}:${process.pid}`;
