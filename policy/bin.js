#!/usr/bin/env node
// The pack's commands. tsx only strips the types.
require("tsx/cjs");
const { main } = require("./commands/cli.ts");
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error);
    process.exitCode = 2;
  },
);
