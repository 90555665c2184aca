// Installs the locked packages where they are missing or stale, then runs a TypeScript entry with the rest of the arguments.
// Plain JavaScript without imports from node_modules, because it runs before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node.js ${process.versions.node} is too old: install Node.js 20.19 or later.`);
  process.exit(1);
}

if (!isInstalled()) {
  console.error("Installing the locked packages (npm ci) …");
  const install = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (install.status !== 0) {
    console.error("npm ci failed (see above). Fix that, then run the same command again.");
    process.exit(install.status ?? 1);
  }
}

/** Whether what npm wrote down in node_modules is what the lockfile asks for; packages of other platforms may be missing. */
function isInstalled() {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const read = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const installed = read(installedFile);
  return Object.entries(read(join(root, "package-lock.json"))).every(
    ([name, { version, optional }]) =>
      name === "" || (installed[name] ? installed[name].version === version : optional),
  );
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
// npm and the shell between: when one of them is killed, nobody else would end what runs here.
const parent = process.ppid;
const npm = process.env.npm_lifecycle_event ? starterOf(parent) : undefined;
const watch = setInterval(() => {
  if (process.ppid === parent && (npm === undefined || isAlive(npm.pid))) return;
  clearInterval(watch);
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), 20_000);
}, 500);

function starterOf(shell) {
  const ask = (column, pid) =>
    spawnSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).stdout?.trim();
  const pid = Number(ask("ppid", shell));
  if (!pid) return undefined;
  // A shell whose npm is gone already belongs to the system's first process.
  const isGone = pid === 1 && !/npm|yarn|node|bun/.test(ask("command", pid) ?? "");
  return { pid: isGone ? 0 : pid };
}

function isAlive(pid) {
  try {
    return pid !== 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

child.on("error", (error) => {
  console.error(`Can't start Node.js: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
