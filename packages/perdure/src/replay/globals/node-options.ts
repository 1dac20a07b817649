/**
 * The value of `--unhandled-rejections` that Node uses in this process: the last one given, the command line after NODE_OPTIONS. Node has no API that
 * tells it.
 */
export function rejectionMode(): string {
  const options = [...(process.env.NODE_OPTIONS ?? "").split(/\s+/), ...process.execArgv];
  let mode = "throw";
  for (const [at, option] of options.entries()) {
    const [name = "", value] = option.split("=", 2);
    if (name.replaceAll("_", "-") === "--unhandled-rejections") mode = value ?? options[at + 1] ?? mode;
  }
  return mode;
}
