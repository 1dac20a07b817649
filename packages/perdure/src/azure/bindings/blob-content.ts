import type { BlobPort, BlobProperties } from "./client-ports.ts";
import { ifFree, ifThere } from "./service-answers.ts";

export interface BlobContent {
  readonly bytes: Uint8Array;
  readonly properties: BlobProperties;
}

/** All of one version; null: there is none, or it was overwritten while it was read. */
export async function contentOf(
  blob: BlobPort,
  isWanted: (properties: BlobProperties) => boolean = () => true,
): Promise<BlobContent | null> {
  const properties = await ifThere(() => blob.getProperties());
  if (properties === null || !isWanted(properties)) return null;
  // An empty one cannot be asked for a range.
  if (properties.contentLength === 0) return { bytes: new Uint8Array(), properties };
  const conditions = { ifMatch: properties.etag ?? "*" };
  const bytes = await ifFree(() => ifThere(() => blob.downloadToBuffer(0, undefined, { conditions })));
  return bytes === null ? null : { bytes, properties };
}
