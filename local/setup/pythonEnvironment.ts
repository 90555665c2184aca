import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findOnPath, type Log, runCommand } from "./command";
import { localFolder, repository } from "./paths";

const oldestPython = [3, 11] as const;

/**
 * A virtual environment with the pinned packages of `local/requirements/<name>.txt`; made once per content of that file
 * and of those that it includes.
 * The stamp is written last, so an installation that was interrupted is done again.
 *
 * @returns the environment's Python.
 * @throws Error when there is no Python, none new enough, no venv module, or a package can't be installed.
 */
export async function ensurePythonEnvironment(name: string, log: Log): Promise<string> {
  const requirements = join(repository, "local", "requirements", `${name}.txt`);
  const folder = join(localFolder, `venv-${name}`);
  const stamp = join(folder, "installed");
  const python = join(folder, "bin", "python");
  const wanted = await digestOf(requirements);
  const installed = await readFile(stamp, "utf8").catch(() => "");
  if (installed === wanted) return python;
  const system = await findPython();
  const started = Date.now();
  log(`Installing the Python packages of local/requirements/${name}.txt …`);
  await rm(folder, { recursive: true, force: true });
  await runCommand(system, ["-m", "venv", folder]).catch((error: Error) => {
    throw new Error(
      `python3 can't make a virtual environment. Install its venv module (Debian, Ubuntu: apt-get install python3-venv). ${error.message}`,
      { cause: error },
    );
  });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", requirements];
  await runCommand(python, pip);
  await writeFile(stamp, wanted);
  log(`… done in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return python;
}

/**
 * Of a requirements file and of those that it includes by `-r`.
 * @throws Error when one of them can't be read
 */
export async function digestOf(requirements: string): Promise<string> {
  const hash = createHash("sha256");
  const add = async (path: string, including: readonly string[]): Promise<void> => {
    if (including.includes(path)) throw new Error(`${path} includes itself, by ${including.join(", ")}`);
    const text = await readFile(path, "utf8");
    hash.update(text);
    for (const [, included = ""] of text.matchAll(/^(?:-r|--requirement)[ =]*(\S+)/gm)) {
      await add(join(dirname(path), included), [...including, path]);
    }
  };
  await add(requirements, []);
  return hash.digest("hex");
}

async function findPython(): Promise<string> {
  const fix = "Install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python).";
  const python = await findOnPath("python3");
  if (!python) throw new Error(`The local cloud needs python3 ≥ ${oldestPython.join(".")}, and there is none. ${fix}`);
  const text = await runCommand(python, ["-c", "import sys; print(sys.version_info[0], sys.version_info[1])"]);
  const [major = 0, minor = 0] = text.trim().split(" ").map(Number);
  if (major < oldestPython[0] || (major === oldestPython[0] && minor < oldestPython[1])) {
    throw new Error(
      `${python} is ${major}.${minor}; the local cloud needs python3 ≥ ${oldestPython.join(".")}. ${fix}`,
    );
  }
  return python;
}
