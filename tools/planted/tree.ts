/** A copy of the working tree in which faults are planted, so that nobody's files are touched. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/** @returns the copy's folder, below .local */
export function copyTree(root: string): string {
  const local = join(root, ".local");
  mkdirSync(join(local, "planted"), { recursive: true });
  const copy = mkdtempSync(join(local, "planted", "tree-"));
  // New files that aren't committed yet belong to it, too; what was deleted is still in git's index.
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = [...new Set(listed.split("\0"))].filter((file) => file !== "" && existsSync(join(root, file)));
  for (const folder of new Set(files.map((file) => dirname(file)))) mkdirSync(join(copy, folder), { recursive: true });
  for (const file of files) copyFileSync(join(root, file), join(copy, file));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  mkdirSync(join(copy, ".local"));
  for (const tools of readdirSync(local).filter((name) => name === "bin" || name.startsWith("venv-"))) {
    symlinkSync(join(local, tools), join(copy, ".local", tools));
  }
  return copy;
}

export function removeTree(copy: string): void {
  rmSync(copy, { recursive: true, force: true });
}
