import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";

const packageFolder = join(__dirname, "..", "..");
const imageFolder = join(packageFolder, "functions", "fivetran-dbt-orchestration", "dbt");
/** What makes the image beside the project. */
const imageFiles = ["Dockerfile", "entrypoint.py", "dbt_run.py", "summary.py", "artifacts.py", "requirements.txt"];
/** What dbt writes, and what must not go into an image. */
const leftOut = new Set(["target", "logs", "dbt_packages", ".git", ".venv", "node_modules", ".user.yml", ".env"]);

export interface BuildContext {
  readonly folder: string;
  /** Of the content: 16 hexadecimal digits. */
  readonly hash: string;
}

/** Puts the Dockerfile and a dbt project into one folder for `docker build`. The same content gives the same folder. */
export function buildContext(projectFolder: string): BuildContext {
  const hash = contentHash(projectFolder);
  const folder = join(packageFolder, "node_modules", ".cache", "data-pipelines", `dbt-${hash}`);
  if (existsSync(folder)) return { folder, hash };
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const file of imageFiles) cpSync(join(imageFolder, file), join(unfinished, file));
  const wanted = (path: string): boolean => !leftOutBelow(projectFolder, path);
  cpSync(projectFolder, join(unfinished, "project"), { recursive: true, filter: wanted });
  renameSync(unfinished, folder);
  return { folder, hash };
}

function contentHash(projectFolder: string): string {
  const hash = createHash("sha256");
  const add = (name: string, path: string): void => {
    // Lengths, so that no two trees give the same stream.
    const content = readFileSync(path);
    hash.update(`${name.length}:${name}:${content.length}:`).update(content);
  };
  for (const file of imageFiles) add(file, join(imageFolder, file));
  for (const file of filesOf(projectFolder)) add(file.split(sep).join("/"), join(projectFolder, file));
  return hash.digest("hex").slice(0, 16);
}

/** Relative paths, in the order of their names. */
function filesOf(root: string, folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !leftOut.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesOf(root, path) : [path];
    });
}

function leftOutBelow(root: string, path: string): boolean {
  return relative(root, path)
    .split(sep)
    .some((part) => leftOut.has(part));
}
