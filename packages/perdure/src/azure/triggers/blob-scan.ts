import type { ContainerPort, ListedBlob } from "../bindings/client-ports.ts";
import type { BlobPattern } from "../bindings/expressions.ts";
import { isAbsent } from "../bindings/service-answers.ts";
import type { BlobReceipts, BlobVersion } from "./blob-receipts.ts";
import { bareEtag } from "./blob-receipts.ts";

export interface ScannedFunction {
  readonly functionId: string;
  readonly pattern: BlobPattern;
}

export interface BlobScanParts {
  readonly container: ContainerPort;
  readonly containerName: string;
  readonly functions: readonly ScannedFunction[];
  readonly receipts: BlobReceipts;
  /** Writes down durably that a function is to be called for it. */
  readonly take: (version: BlobVersion, blob: ListedBlob) => Promise<void>;
}

/** Blobs that were changed so long before the newest one are not looked at again: writes need not come into sight in the order of their times. */
const OVERLAP_MS = 600_000;

/**
 * Looks through a container for new blobs and new versions of blobs. What was taken up is remembered here for those that may be looked at again, and in receipts
 * for the time after the process.
 */
export class BlobScan {
  readonly #parts: BlobScanParts;
  /** What was taken up, with the time of its change. */
  readonly #taken = new Map<string, number>();
  #newest = 0;

  constructor(parts: BlobScanParts) {
    this.#parts = parts;
  }

  /** Whether something was taken up. */
  async look(abortSignal: AbortSignal): Promise<boolean> {
    const { container, functions } = this.#parts;
    let found = false;
    let newest = this.#newest;
    let isWhole = true;
    try {
      for await (const blob of container.listBlobsFlat({ abortSignal })) {
        const changed = blob.properties.lastModified.getTime();
        if (changed < this.#newest - OVERLAP_MS) continue;
        newest = Math.max(newest, changed);
        for (const one of functions) {
          if (abortSignal.aborted) return found;
          if (one.pattern.match(blob.name) === null) continue;
          const outcome = await this.#takeUp(one, blob, changed);
          if (outcome === "taken") found = true;
          if (outcome === "elsewhere") isWhole = false;
        }
      }
    } catch (error) {
      if (isAbsent(error)) return false; // the container is not there yet
      throw error;
    }
    if (isWhole) this.#forgetOlderThan(newest);
    return found;
  }

  async #takeUp({ functionId }: ScannedFunction, blob: ListedBlob, changed: number): Promise<"taken" | "known" | "elsewhere"> {
    const { receipts, take, containerName } = this.#parts;
    const version: BlobVersion = { functionId, container: containerName, blob: blob.name, etag: bareEtag(blob.properties.etag) };
    const key = `${functionId} ${version.etag} ${blob.name}`;
    if (this.#taken.has(key)) return "known";
    let taken = false;
    const isDone = await receipts.once(version, async () => {
      await take(version, blob);
      taken = true;
    });
    if (!isDone) return "elsewhere";
    this.#taken.set(key, changed);
    return taken ? "taken" : "known";
  }

  #forgetOlderThan(newest: number): void {
    this.#newest = newest;
    for (const [key, changed] of this.#taken) if (changed < newest - OVERLAP_MS) this.#taken.delete(key);
  }
}
