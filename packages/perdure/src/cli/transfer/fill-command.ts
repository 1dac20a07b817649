import { existsSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withoutSecrets } from "../../errors/without-secrets.ts";
import type { Store } from "../../store/contract.ts";
import { openStore } from "../../task-hub/open-store.ts";
import { take } from "../arguments.ts";
import type { CommandIo } from "../command.ts";
import { COPY_OPTIONS, IMPORT_OPTIONS } from "../option-specs.ts";
import { parseCommandLine } from "../options.ts";
import { counted, jsonLine } from "../render.ts";
import { storeItself, storeUrl } from "../store-location.ts";
import type { Carried, CarriedAudit } from "./carried.ts";
import { isAudit } from "./carried.ts";
import { refuseExisting } from "./export-files.ts";
import { StoreFiller } from "./fill-store.ts";
import { openExisting } from "./open-existing.ts";
import { checkExport, exportedAt } from "./read-export.ts";
import { deliverKept, entriesOf, highestNumber } from "./read-store.ts";
import { refuseLiveWorkers } from "./store-state.ts";

/** All of it is checked before a store is opened. */
export async function importCommand(io: CommandIo): Promise<number> {
  const where = "perdure import";
  const { options, positionals } = parseCommandLine(where, IMPORT_OPTIONS, io.args, io.env);
  const [source] = take(where, ["<file|folder>"], positionals);
  const target = storeItself(where, "--store", options.store);
  const path = resolve(io.cwd, source);
  const most = await checkExport(path);
  const count = await fill(target, io.cwd, most, exportedAt(path));
  return said(io, options.json === true, count, `imported into ${withoutSecrets(target)}`);
}

export async function copyCommand(io: CommandIo): Promise<number> {
  const where = "perdure copy";
  const { options, positionals } = parseCommandLine(where, COPY_OPTIONS, io.args, io.env);
  const [from, to] = take(where, ["<from-store>", "<to-store>"], positionals);
  const target = storeItself(where, "<to-store>", to);
  const source = await openExisting(where, "<from-store>", from, io.cwd);
  try {
    await refuseLiveWorkers(source);
    await deliverKept(source);
    const count = await fill(target, io.cwd, await highestNumber(source), entriesOf(source));
    await refuseLiveWorkers(source);
    return said(io, options.json === true, count, `copied to ${withoutSecrets(target)}`);
  } finally {
    await source.close();
  }
}

function said(io: CommandIo, json: boolean, count: number, what: string): number {
  io.out(json ? jsonLine({ instances: count }) : `${counted(count, "instance")} ${what}.\n`);
  return 0;
}

type Entries = AsyncIterable<Carried | CarriedAudit>;

/** A file that is not there yet is made beside its place, so that half a store is never taken for a whole one. */
async function fill(target: string, cwd: string, most: number, all: Entries): Promise<number> {
  const path = pathOf(target, cwd);
  if (path === null || existsSync(path)) return fillOpen(await openStore(path === null ? target : `file:${path}`), most, all);
  refuseExisting(`${path}-wal`);
  const partial = `${path}.partial`;
  const remove = () => {
    for (const file of [partial, `${partial}-wal`, `${partial}-shm`]) rmSync(file, { force: true });
  };
  remove();
  try {
    const count = await fillOpen(await openStore(`file:${partial}`), most, all);
    renameSync(partial, path);
    return count;
  } finally {
    remove();
  }
}

async function fillOpen(store: Store, most: number, all: Entries): Promise<number> {
  try {
    const filler = await StoreFiller.open(store, most);
    let count = 0;
    try {
      for await (const one of all) {
        await filler.add(one);
        if (!isAudit(one)) count += 1;
      }
      await filler.end();
      return count;
    } finally {
      await filler.leave();
    }
  } finally {
    await store.close();
  }
}

function pathOf(target: string, cwd: string): string | null {
  const url = storeUrl(target);
  if (!url.startsWith("file:")) return null;
  return url.startsWith("file://") ? fileURLToPath(url) : resolve(cwd, url.slice("file:".length));
}
