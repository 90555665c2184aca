import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ZipFile } from "yazl";
import type { Archive, Asset } from "./wire";

/** One date for all members, so that the same code is the same archive. */
const modified = new Date(1980, 0, 1);

/** A zip of the archive's files, in memory. @throws Error when a member is remote: the local cloud fetches nothing. */
export async function zipOf(archive: Archive | Asset): Promise<Buffer> {
  if ("asset" in archive) return contentsOf(archive);
  if (archive.path !== undefined && (await stat(archive.path)).isFile()) return readFile(archive.path);
  const zip = new ZipFile();
  const members = new Map<string, Buffer>();
  await collect(archive, "", members);
  for (const [name, contents] of [...members].sort(([a], [b]) => (a < b ? -1 : 1))) {
    zip.addBuffer(contents, name, { mtime: modified, mode: 0o100644 });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export async function contentsOf(asset: Asset): Promise<Buffer> {
  if (asset.path !== undefined && asset.path !== "") return readFile(asset.path);
  if (asset.text !== undefined) return Buffer.from(asset.text, "utf8");
  throw new Error("an asset has neither text nor a path: the local cloud can't fetch remote assets, use a file");
}

async function collect(archive: Archive, prefix: string, members: Map<string, Buffer>): Promise<void> {
  if (archive.path !== undefined && archive.path !== "") {
    await collectFolder(archive.path, prefix, members);
    return;
  }
  if (!archive.assets) {
    throw new Error("an archive has neither assets nor a path: the local cloud can't fetch remote archives, use files");
  }
  for (const [name, member] of Object.entries(archive.assets)) {
    if ("archive" in member) await collect(member, `${prefix}${name}/`, members);
    else members.set(`${prefix}${name}`, await contentsOf(member));
  }
}

async function collectFolder(folder: string, prefix: string, members: Map<string, Buffer>): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await collectFolder(path, `${prefix}${entry.name}/`, members);
    else members.set(`${prefix}${entry.name}`, await readFile(path));
  }
}
