import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { localFolder } from "../setup/paths";

const folder = join(localFolder, "tmp");

/**
 * A folder for a run's temporary files: its services are killed, and tidy up nothing. Those of runs that are gone are
 * removed.
 */
export async function temporaryFolder(base = folder): Promise<string> {
  await mkdir(base, { recursive: true });
  for (const name of await readdir(base)) {
    if (!isAlive(Number.parseInt(name, 10))) await rm(join(base, name), { recursive: true, force: true });
  }
  return mkdtemp(join(base, `${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
