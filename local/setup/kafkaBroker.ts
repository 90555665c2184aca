import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { findOnPath, type Log, runCommand } from "./command";
import { binFolder, repository } from "./paths";

const sources = join(repository, "local", "kafka", "broker");

/**
 * The Kafka broker of the local cloud and the tests (local/kafka/broker, on franz-go's kfake): the one built before,
 * else built from its pinned modules. Other sources give another program.
 *
 * @returns the path of the program
 * @throws Error naming what to install where there is no Go
 */
export async function ensureKafkaBroker(log: Log): Promise<string> {
  const target = join(binFolder, `kafka-broker-${await hashOf(sources)}`);
  if (await exists(target)) return target;
  const go = await findOnPath("go");
  if (go === undefined) {
    throw new Error(
      "There is no Go to build the local Kafka broker with. Install Go (https://go.dev/dl/, ≥ 1.25), and run again.",
    );
  }
  log("Building the local Kafka broker from local/kafka/broker (about 10 seconds, once) …");
  await mkdir(binFolder, { recursive: true });
  const unfinished = `${target}.${process.pid}.part`;
  try {
    await runCommand(go, ["build", "-trimpath", "-ldflags", "-s -w", "-o", unfinished, "."], { cwd: sources });
    // Renamed when whole, so that an interrupted build leaves no half program behind.
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
  return target;
}

async function hashOf(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of (await readdir(folder)).sort()) hash.update(file).update(await readFile(join(folder, file)));
  return hash.digest("hex").slice(0, 12);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
