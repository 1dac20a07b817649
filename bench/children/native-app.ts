/** The app whose functions run on a thread: those that run in this process otherwise. */
export { event, fanOut, hello, sayHello, square } from "../lib/systems/perdure.ts";
