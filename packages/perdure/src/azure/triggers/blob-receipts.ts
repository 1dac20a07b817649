import { nodeCrypto } from "../../process/node-crypto.ts";
import type { BlobPort, BlobServicePort } from "../bindings/client-ports.ts";
import { ifFree, ifThere, madeIfAbsent } from "../bindings/service-answers.ts";

/** One version of a blob for one function. */
export interface BlobVersion {
  readonly functionId: string;
  readonly container: string;
  readonly blob: string;
  /** Without quotes. */
  readonly etag: string;
}

const CONTAINER = "azure-webjobs-hosts";
const COMPLETED = "Completed";
const LEASE_SECONDS = 30;
/** Of a blob. */
const LONGEST_NAME = 1_024;

export const bareEtag = (etag: string): string => etag.replace(/^(?:W\/)?"(.*)"$/, "$1");

/**
 * A note beside the blobs themselves that a version of one was taken up for a function: where Azure writes them, so that an app which was moved does not take
 * up its old blobs again. Of several workers one writes it, by a lease of the blob that is the receipt.
 */
export class BlobReceipts {
  readonly #service: BlobServicePort;
  readonly #hostId: string;

  constructor(service: BlobServicePort, hostId: string) {
    this.#service = service;
    this.#hostId = hostId;
  }

  /** Runs `take` unless it was done before; false: another worker is at it, so it is to be looked at again. */
  async once(version: BlobVersion, take: () => Promise<void>): Promise<boolean> {
    if (await this.#isCompleted(version)) return true;
    const receipt = this.#blob(this.#path(version, version.etag));
    await this.#create(receipt);
    const lease = receipt.getBlobLeaseClient();
    const leaseId = await ifFree(async () => (await lease.acquireLease(LEASE_SECONDS)).leaseId ?? "");
    if (leaseId === null) return false;
    try {
      if (isComplete(await receipt.getProperties())) return true;
      await take();
      await receipt.setMetadata({ [COMPLETED]: new Date().toISOString() }, { conditions: { leaseId } });
      return true;
    } finally {
      await lease.releaseLease().catch(() => {}); // it ends by itself
    }
  }

  /** Older hosts of Azure wrote the version with its quotes. */
  async #isCompleted(version: BlobVersion): Promise<boolean> {
    for (const etag of [version.etag, `"${version.etag}"`]) {
      const properties = await ifThere(() => this.#blob(this.#path(version, etag)).getProperties());
      if (properties !== null && isComplete(properties)) return true;
    }
    return false;
  }

  async #create(receipt: BlobPort): Promise<void> {
    const upload = () => ifFree(() => receipt.upload("", 0, { conditions: { ifNoneMatch: "*" } }));
    await madeIfAbsent(upload, this.#service.getContainerClient(CONTAINER));
  }

  #blob(path: string): BlobPort {
    return this.#service.getContainerClient(CONTAINER).getBlockBlobClient(path);
  }

  #path({ functionId, container, blob }: BlobVersion, etag: string): string {
    const folder = `blobreceipts/${this.#hostId}/${functionId}/${etag}/${container}`;
    const path = `${folder}/${blob}`;
    return path.length <= LONGEST_NAME ? path : `${folder}/sha256-${nodeCrypto().createHash("sha256").update(blob).digest("hex")}`;
  }
}

const isComplete = ({ metadata = {} }: { readonly metadata?: { readonly [name: string]: string } }): boolean =>
  Object.keys(metadata).some((name) => name.toLowerCase() === COMPLETED.toLowerCase());
