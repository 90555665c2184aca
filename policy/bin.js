#!/usr/bin/env node
// The pack's commands. tsx only strips the types.
require("tsx/cjs");
const { main } = require("./commands/cli.ts");
// Whoever reads the first lines alone closes the pipe.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error);
    process.exitCode = 2;
  },
);
