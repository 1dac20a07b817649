// node upload.mjs FILE: puts a file into the container of the app.
import { basename } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";

const [file] = process.argv.slice(2);
const service = BlobServiceClient.fromConnectionString(process.env.AzureWebJobsStorage ?? "UseDevelopmentStorage=true");
const container = service.getContainerClient("uploads");
await container.createIfNotExists();
await container.getBlockBlobClient(basename(file)).uploadFile(file);
