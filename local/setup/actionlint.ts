import { existsSync } from "node:fs";
import { join } from "node:path";
import { findOnPath, runCommand } from "./command";
import { binFolder } from "./paths";

const version = "v1.7.7";

/**
 * The checker of workflow files: the one on the PATH, else built once into `.local/bin`.
 * @throws Error with what to install when it isn't there and can't be built
 */
export async function ensureActionlint(): Promise<string> {
  const onPath = await findOnPath("actionlint");
  if (onPath !== undefined) return onPath;
  const built = join(binFolder, "actionlint");
  if (existsSync(built)) return built;
  const go = await findOnPath("go");
  if (go === undefined) {
    throw new Error(
      "actionlint isn't on the PATH, and there is no Go to build it with. Fix: install actionlint, or Go.",
    );
  }
  await runCommand(go, ["install", `github.com/rhysd/actionlint/cmd/actionlint@${version}`], {
    env: { ...process.env, GOBIN: binFolder },
  });
  return built;
}
