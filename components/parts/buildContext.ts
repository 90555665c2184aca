import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { ignoring } from "./ignoring";

const packageFolder = join(__dirname, "..", "..");

/** A file or folder that goes into a build context. */
export interface ContextEntry {
  /** Absolute path. */
  readonly from: string;
  /** Path in the context. */
  readonly to: string;
  /**
   * Of a folder: what stays out of it, as in a .dockerignore beside its files. The folder's own .dockerignore goes on with
   * it, and may bring back with `!` what this leaves out. @default only what the folder's .dockerignore has
   */
  readonly leaveOut?: readonly string[];
}

/** What `docker build` is given. */
export interface BuildContext {
  /** Absolute path; the Dockerfile is in it. */
  readonly folder: string;
  /** Of names and content: 16 hexadecimal digits. */
  readonly hash: string;
  /** Paths in the folder, in order. */
  readonly files: readonly string[];
}

/**
 * Puts files together in one folder for `docker build`. The same content gives the same folder.
 *
 * @param name for the folder's name, for example `dbt`
 * @throws Error for a link that leads nowhere, or back to a folder that it is in
 */
export function buildContext(name: string, entries: readonly ContextEntry[]): BuildContext {
  const found = entries.flatMap(filesOf).sort((a, b) => (a.to < b.to ? -1 : 1));
  const hash = hashOf(found);
  const folder = join(packageFolder, "node_modules", ".cache", "data-pipelines", `${name}-${hash}`);
  const context = { folder, hash, files: found.map(({ to }) => to) };
  if (existsSync(folder)) return context;
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const { from, to } of found) {
    mkdirSync(join(unfinished, to, ".."), { recursive: true });
    cpSync(from, join(unfinished, to), { dereference: true });
  }
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another program has made the same one meanwhile.
    if (!existsSync(folder)) throw error;
    rmSync(unfinished, { recursive: true, force: true });
  }
  return context;
}

interface ContextFile {
  readonly from: string;
  readonly to: string;
}

function filesOf({ from, to, leaveOut = [] }: ContextEntry): ContextFile[] {
  if (!statSync(from).isDirectory()) return [{ from, to }];
  const own = join(from, ".dockerignore");
  const isLeftOut = ignoring([...leaveOut, ...(existsSync(own) ? readFileSync(own, "utf8").split("\n") : [])]);
  return within(from, [])
    .filter((path) => !isLeftOut(path))
    .map((path) => ({ from: join(from, path), to: `${to}/${path}` }));
}

/** Paths of all files under the folder, with slashes. @param above real paths of the folders that it is in */
function within(folder: string, above: readonly string[]): string[] {
  const real = realpathSync(folder);
  if (above.includes(real)) throw new Error(`${folder} is a link back to ${real}, which it is in; remove it.`);
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw new Error(`${path} is a link that leads nowhere; remove it, or what it is for.`);
    return stat.isDirectory() ? within(path, [...above, real]).map((file) => `${name}/${file}`) : [name];
  });
}

function hashOf(files: readonly ContextFile[]): string {
  const hash = createHash("sha256");
  for (const { from, to } of files) {
    const content = readFileSync(from);
    // Lengths, so that no two trees give the same stream.
    hash.update(`${to.length}:${to}:${content.length}:`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}
