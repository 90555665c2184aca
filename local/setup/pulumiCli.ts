import { access, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { findOnPath, type Log, runCommand } from "./command";
import { binFolder, localFolder, repository } from "./paths";

/** The version that is installed or built when there is none; its sources are pinned in tools/go.mod. */
export const pulumiVersion = "3.250.0";
const oldest = [3, 200] as const;
const downloadSite = "https://get.pulumi.com";
const reachableWithin = 3_000;

/**
 * The Pulumi CLI: the user's own on the PATH when new enough, else the one made before in `.local/bin`, else the
 * official installer when its site answers, else built from the pinned module in `tools/`.
 *
 * @returns the path of the program.
 * @throws Error naming what to install, when none of these is possible.
 */
export async function ensurePulumiCli(log: Log): Promise<string> {
  const own = await findOnPath("pulumi");
  if (own) {
    const version = await versionOf(own);
    if (newEnough(version)) return own;
    log(`${own} is ${version}, older than ${oldest.join(".")}: not used.`);
  }
  const local = join(binFolder, "pulumi");
  if (await exists(local)) {
    const version = await versionOf(local).catch(() => "broken");
    if (newEnough(version)) return local;
    log(`${local} is ${version}: made again.`);
  }
  const installed = await install(log);
  return installed ?? build(local, log);
}

/** Whether a version text such as "v3.250.0" is one that the Automation API and the local provider work with. */
export function newEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(/[.-]/).map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

async function versionOf(program: string): Promise<string> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return (await runCommand(program, ["version"], { env })).trim();
}

async function install(log: Log): Promise<string | undefined> {
  const answer = await fetch(downloadSite, { method: "HEAD", signal: AbortSignal.timeout(reachableWithin) }).catch(
    () => undefined,
  );
  if (!answer?.ok) {
    log(`${downloadSite} doesn't answer; the Pulumi CLI is built from its sources instead.`);
    return undefined;
  }
  log(`Installing the Pulumi CLI ${pulumiVersion} …`);
  try {
    const root = join(localFolder, "pulumi");
    const command = await PulumiCommand.install({ root, skipVersionCheck: true });
    return command.command;
  } catch (error) {
    log(`The installer failed (${error instanceof Error ? error.message.split("\n")[0] : error}).`);
    return undefined;
  }
}

async function build(target: string, log: Log): Promise<string> {
  const go = await findOnPath("go");
  if (!go) {
    throw new Error(
      "There is no Pulumi CLI, its site can't be reached, and there is no Go to build it with. Install Pulumi " +
        `(https://www.pulumi.com/docs/install/, ≥ ${oldest.join(".")}) or Go (https://go.dev/dl/, ≥ 1.25), and run again.`,
    );
  }
  log(`Building the Pulumi CLI ${pulumiVersion} from tools/go.mod (about 5 minutes the first time) …`);
  const started = Date.now();
  await mkdir(binFolder, { recursive: true });
  const unfinished = `${target}.${process.pid}.part`;
  const version = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`;
  const args = ["build", "-trimpath", "-ldflags", version, "-o", unfinished];
  try {
    await runCommand(go, [...args, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"], { cwd: join(repository, "tools") });
    // Renamed when whole, so that an interrupted build leaves no half program behind.
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
  log(`… done in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return target;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
