import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";

const packageFolder = join(__dirname, "..", "..");

/** A file or folder that goes into a build context. */
export interface ContextEntry {
  /** Absolute path. */
  readonly from: string;
  /** Path in the context. */
  readonly to: string;
  /** Names of files and folders that stay out, wherever they are. @default none */
  readonly leaveOut?: ReadonlySet<string>;
}

/** What `docker build` is given. */
export interface BuildContext {
  /** Absolute path; the Dockerfile is in it. */
  readonly folder: string;
  /** Of names and content: 16 hexadecimal digits. */
  readonly hash: string;
}

/**
 * Puts files together in one folder for `docker build`. The same content gives the same folder.
 *
 * @param name for the folder's name, for example `dbt`
 */
export function buildContext(name: string, entries: readonly ContextEntry[]): BuildContext {
  const files = entries.flatMap(filesOf).sort((a, b) => (a.to < b.to ? -1 : 1));
  const hash = hashOf(files);
  const folder = join(packageFolder, "node_modules", ".cache", "data-pipelines", `${name}-${hash}`);
  if (existsSync(folder)) return { folder, hash };
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const { from, to } of files) {
    mkdirSync(join(unfinished, to, ".."), { recursive: true });
    cpSync(from, join(unfinished, to));
  }
  renameSync(unfinished, folder);
  return { folder, hash };
}

interface ContextFile {
  readonly from: string;
  readonly to: string;
}

function filesOf({ from, to, leaveOut = new Set() }: ContextEntry): ContextFile[] {
  if (leaveOut.has(basename(from))) return [];
  if (!statSync(from).isDirectory()) return [{ from, to }];
  return readdirSync(from).flatMap((name) =>
    filesOf({ from: join(from, name), to: join(to, name).split(sep).join("/"), leaveOut }),
  );
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
