import { spawn } from "node:child_process";

/** Runs npm in `directory` to its end and returns what it printed; throws with that text when it fails. */
export async function npm(args: readonly string[], directory: string): Promise<string> {
  const child = spawn("npm", args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const printed = Buffer.concat(chunks).toString("utf8");
  if (code !== 0) {
    throw new Error(
      `npm ${args.join(" ")} failed in ${directory} (exit code ${String(code)}):\n${printed}${Buffer.concat(errors).toString("utf8")}`,
    );
  }
  return printed;
}
