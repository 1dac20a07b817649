import { modeCases } from "./left-behind.testsuite.ts";

modeCases([
  { how: { nodeOptions: "--unhandled-rejections=none" }, code: 0, lives: true },
  { how: { nodeOptions: "--unhandled_rejections=warn" }, code: 0, lives: true },
  { how: { nodeOptions: "--unhandled-rejections=strict" }, code: 1, lives: false },
  { how: { nodeOptions: "--unhandled-rejections=throw" }, code: 1, lives: false },
  { how: { argv: ["--unhandled-rejections=warn"] }, code: 0, lives: true },
  { how: { argv: ["--unhandled-rejections", "none"] }, code: 0, lives: true },
  { how: { argv: ["--unhandled-rejections=warn"], nodeOptions: "--unhandled-rejections=throw" }, code: 0, lives: true },
]);
