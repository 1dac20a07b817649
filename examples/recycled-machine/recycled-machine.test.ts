import { test } from "node:test";
import { Folder } from "../lib/folder.ts";
import { recycle } from "./recycled-machine.testsuite.ts";

test("a worker that is killed while it renders loses nothing, and the history is complete", async () => {
  using folder = new Folder();
  await recycle(`file:${folder.file("films.db")}`, 2);
});
