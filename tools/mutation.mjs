// `npm run mutation`: Stryker on the policy pack, by stryker.config.json; further arguments go to `stryker run`.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const shim = fileURLToPath(new URL("strykerMocha.cjs", import.meta.url));
const child = spawn(
  process.execPath,
  ["node_modules/@stryker-mutator/core/bin/stryker.js", "run", ...process.argv.slice(2)],
  // By the environment, because it has to reach every process that Stryker starts.
  { cwd: root, stdio: "inherit", env: { ...process.env, NODE_OPTIONS: `--require ${JSON.stringify(shim)}` } },
);
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
