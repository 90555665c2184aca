/** A stack on the local cloud, run by the real Pulumi engine through the Automation API. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { readPackConfig } from "../../policy/pack/configFile";
import { otherPolicies } from "../../policy/pack/policies";
import { rules } from "../../policy/rules";
import { allowedVariables } from "../processes/environment";
import type { Services } from "../processes/services";
import type { Tools } from "../setup/ensureTools";
import { localFolder, repository } from "../setup/paths";

export interface LocalStackArgs {
  readonly tools: Tools;
  readonly services: Services;
  /** Name of the stack; its configuration is that of `Pulumi.<config ?? name>.yaml` unless `settings` is given. */
  readonly name: string;
  readonly program: PulumiFn;
  /** Configuration by full key, instead of the file's. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folder of the file backend. What it holds of another cloud than this one is removed first. */
  readonly stateFolder: string;
}

export interface LocalStack {
  readonly stack: Stack;
  /** The state file, once there was an update. */
  readonly stateFile: string;
  /** Removes the engine's working folder; the state stays. */
  close(): Promise<void>;
}

/** The policy pack that is on in every run. */
export const policyPack = join(repository, "policy");

/**
 * The pack's configuration of a stack (policy/config/<stack>.json), as `policyPackConfigs` of a command takes it. It is
 * checked here, because Pulumi ignores rules that the pack doesn't have.
 */
export function policyPackConfigs(stack: string): string[] {
  const file = join(policyPack, "config", `${stack}.json`);
  if (!existsSync(file)) return [];
  readPackConfig(readFileSync(file, "utf8"), rules, otherPolicies);
  return [file];
}

export async function openStack(args: LocalStackArgs): Promise<LocalStack> {
  makeStateFolder(args.stateFolder, args.services);
  const project = readProject();
  const settings = args.settings ?? readSettings(args.name);
  const workDir = await mkdtemp(join(args.services.temporaryFolder, "stack-"));
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: args.name, projectName: project.name, program: args.program },
    {
      workDir,
      pulumiCommand: await commandOf(args.tools.pulumi, args.services),
      projectSettings: { name: project.name, runtime: "nodejs", main: repository, config: project.config as never },
      stackSettings: { [args.name]: { config: settings as never } },
      envVars: {
        ...args.services.environment,
        // A provider that is served by Pulumi's library doesn't get its configuration.
        LOCAL_SNOWFLAKE_ROLE: String(settings["snowflake:role"] ?? ""),
        PULUMI_BACKEND_URL: `file://${args.stateFolder}`,
        PULUMI_CONFIG_PASSPHRASE: passphrase(),
        PULUMI_HOME: join(localFolder, "pulumi-home"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    },
  );
  return {
    stack,
    stateFile: join(args.stateFolder, ".pulumi", "stacks", project.name, `${args.name}.json`),
    close: () => rm(workDir, { recursive: true, force: true }),
  };
}

/** State describes the resources of one cloud, which are gone with its processes. */
function makeStateFolder(folder: string, { aws, snowflake }: Services): void {
  const file = join(folder, "cloud.json");
  const cloud = JSON.stringify({ aws: [aws.endpoint, aws.pid], snowflake: [snowflake.endpoint, snowflake.pid] });
  if (existsSync(file) && readFileSync(file, "utf8") === cloud) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, cloud);
}

function readProject(): { name: string; config: unknown } {
  return parse(readFileSync(join(repository, "Pulumi.yaml"), "utf8"));
}

/** The configuration in `Pulumi.<stack>.yaml`, by full key. */
export function readSettings(stack: string): Record<string, unknown> {
  return parse(readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8")).config;
}

/** Made once for this checkout; it only guards secrets of the local cloud. */
function passphrase(): string {
  const file = join(localFolder, "passphrase");
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  return readFileSync(file, "utf8");
}

/** The CLI as the Automation API wants it: `bin/pulumi` under a folder. It gets the allowed environment only. */
async function commandOf(pulumi: string, services: Services): Promise<PulumiCommand> {
  const root = join(localFolder, "pulumi-command");
  const file = join(root, "bin", "pulumi");
  const allowed = [
    ...allowedVariables,
    ...Object.keys(services.environment),
    "LOCAL_SNOWFLAKE_ROLE",
    "PULUMI_*",
    "NO_COLOR",
    "TERM",
    "COLUMNS",
  ];
  const text = [
    "#!/bin/sh",
    "for name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do",
    '  case "$name" in PULUMI_ACCESS_TOKEN) unset "$name" ;; esac',
    `  case "$name" in ${allowed.join("|")}) ;; *) unset "$name" ;; esac`,
    "done",
    `exec '${pulumi.replaceAll("'", "'\\''")}' "$@"`,
    "",
  ].join("\n");
  mkdirSync(join(root, "bin"), { recursive: true });
  // Renamed when whole: another process may be starting it.
  const unfinished = `${file}.${process.pid}.part`;
  writeFileSync(unfinished, text, { mode: 0o755 });
  renameSync(unfinished, file);
  return PulumiCommand.get({ root });
}
