// Loaded with `node -r` before every npm script. Plain CommonJS on purpose: it must parse and speak on any Node, however old,
// because a Node that is too old is the very thing it reports.
"use strict";

var OLDEST_SUPPORTED = 24;
var major = Number(process.versions.node.split(".")[0]);

if (major < OLDEST_SUPPORTED) {
  var fs = require("fs");
  var path = require("path");
  var root = path.resolve(__dirname, "..");
  var brought = path.join(root, "node_modules", "node", "bin", "node");

  var advice;
  if (!fs.existsSync(path.join(root, "node_modules"))) {
    advice = "Run `npm install` in " + root + " first: it brings a Node of its own.";
  } else if (!fs.existsSync(brought)) {
    advice =
      "`npm install` has run, but the Node it brings is missing: its install script was probably skipped\n" +
      "  (--ignore-scripts, or an npm policy). Run `npm rebuild node --ignore-scripts=false` in " +
      root +
      ",\n  or install Node " +
      OLDEST_SUPPORTED +
      " or newer yourself.";
  } else {
    advice =
      "The Node that `npm install` brought is there (" +
      brought +
      "), but this command did not use it.\n  Start it through npm (`npm start`, `npm test`, `npm run <script>`).";
  }

  console.error(
    "\nPerdure needs Node " +
      OLDEST_SUPPORTED +
      " or newer; this is Node " +
      process.versions.node +
      " (" +
      process.execPath +
      ").\n  " +
      advice +
      "\n",
  );
  process.exit(1);
}
