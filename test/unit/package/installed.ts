/** The package as a user has it: packed, unpacked outside the repository, with no other packages than those named. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, packageName } from "../../../tools/build";

const root = join(__dirname, "..", "..", "..");

export interface Packed {
  /** What `npm publish` would send. */
  readonly tarball: string;
  /** Its content. */
  readonly folder: string;
  remove(): void;
}

export function packed(): Packed {
  const place = mkdtempSync(join(tmpdir(), "packed-"));
  build({ folder: join(place, "dist") });
  const [{ filename = "" } = {}] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", place], {
      cwd: join(place, "dist"),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as { filename?: string }[];
  const tarball = join(place, filename);
  execFileSync("tar", ["-xzf", tarball, "-C", place]);
  return { tarball, folder: join(place, "package"), remove: () => rmSync(place, { recursive: true, force: true }) };
}

/** A project of a user: the package, and links to the packages that the project would have installed. */
export function project({ folder }: Packed, others: readonly string[]): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "project-"));
  cpSync(folder, join(path, "node_modules", packageName), { recursive: true });
  for (const name of others) {
    const link = join(path, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
