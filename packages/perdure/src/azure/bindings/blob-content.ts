import type { BlobPort, BlobProperties } from "./client-ports.ts";
import { ifThere, isTaken } from "./service-answers.ts";

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
  try {
    const bytes = await ifThere(() => blob.downloadToBuffer(0, undefined, { conditions: { ifMatch: properties.etag ?? "*" } }));
    return bytes === null ? null : { bytes, properties };
  } catch (error) {
    if (isTaken(error)) return null;
    throw error;
  }
}
