#!/usr/bin/env node
// `npm create perdure my-app`: `perdure init` of the same release, which has the templates (decision 73). It is in npm's cache then, where the app's install finds it.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const DEFAULT_FOLDER = "perdure-app";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const given = process.argv.slice(2);
const isFolder = (word, at) => !word.startsWith("-") && given[at - 1] !== "--template";
const args = given.some(isFolder) || given.includes("--help") || given.includes("-h") ? given : [DEFAULT_FOLDER, ...given];

// npm says where it is. Its own script runs everywhere without a shell, which would read the arguments once more.
const npm = process.env.npm_execpath;
const [command, before] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
const child = spawn(command, [...before, "exec", "--yes", `--package=perdure@${version}`, "--", "perdure", "init", ...args], {
  stdio: "inherit",
});
child.on("error", (error) => {
  process.stderr.write(`create-perdure: npm cannot be started: ${error.message}. "npx perdure init my-app" does the same.\n`);
  process.exitCode = 1;
});
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
