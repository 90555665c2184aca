// Installs the locked packages where they are missing or stale, then runs a TypeScript entry with the rest of the arguments.
// Plain JavaScript without imports from node_modules, because it runs before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node.js ${process.versions.node} is too old: install Node.js 20.19 or later.`);
  process.exit(1);
}

const lockHash = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const stamp = join(root, "node_modules", ".installed-from");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lockHash) {
  console.error("Installing the locked packages (npm ci) …");
  const install = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (install.status !== 0) {
    console.error("npm ci failed (see above). Mend that, then run the same command again.");
    process.exit(install.status ?? 1);
  }
  writeFileSync(stamp, lockHash);
}

const child = spawn(process.execPath, ["--import", "tsx", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  // Node.js 20 is supported here until the SDK drops it; the notice would stand in every output.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", ...process.env },
});
// A terminal sends Ctrl-C to the whole group; this process only waits for the child's own clean-up.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT") child.kill(signal);
  });
}
child.on("error", (error) => {
  console.error(`Can't start Node.js: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
