import type { RpcData } from "../guest/core-types.ts";
import { contentOf } from "./blob-content.ts";
import type { BlobServicePort } from "./client-ports.ts";
import { splitPath } from "./expressions.ts";

/** The bytes of a blob; null: there is none, as on Azure. */
export async function readBlob(service: BlobServicePort, path: string): Promise<RpcData | null> {
  const { container, blob } = splitPath(path);
  const content = await contentOf(service.getContainerClient(container).getBlockBlobClient(blob));
  return content === null ? null : { bytes: content.bytes };
}
