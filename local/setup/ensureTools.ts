import { mkdir } from "node:fs/promises";
import type { Log } from "./command";
import { writeLaunchers } from "./launchers";
import { binFolder, localFolder } from "./paths";
import { ensurePulumiCli } from "./pulumiCli";
import { ensurePythonEnvironment } from "./pythonEnvironment";

/** What a run of the local cloud needs on the machine. */
export interface Tools {
  /** The Python of MiniStack's environment. */
  readonly awsPython: string;
  /** The Python of fakesnow's environment. */
  readonly snowflakePython: string;
  /** The Python with dbt, which runs the containers of dbt tasks. */
  readonly dbtPython: string;
  /** The Pulumi CLI. */
  readonly pulumi: string;
  /** Where the launchers lie that must be on the engine's PATH. */
  readonly binFolder: string;
}

export interface EnsureToolsOptions {
  /** Takes the lines of progress. @default none is shown */
  readonly log?: Log;
}

/**
 * Finds or installs everything the local cloud needs, under `.local/`; quick when it is all there.
 *
 * @throws Error naming the program that is missing and how to install it.
 */
export async function ensureTools(options: EnsureToolsOptions = {}): Promise<Tools> {
  const log = options.log ?? (() => undefined);
  const services = await ensureServiceTools(options);
  return { ...services, pulumi: await ensurePulumiCli(log) };
}

/** The part of the tools that the services alone need; no Pulumi CLI. */
export async function ensureServiceTools(options: EnsureToolsOptions = {}): Promise<Omit<Tools, "pulumi">> {
  const log = options.log ?? (() => undefined);
  await mkdir(localFolder, { recursive: true });
  const awsPython = await ensurePythonEnvironment("aws", log);
  const snowflakePython = await ensurePythonEnvironment("snowflake", log);
  const dbtPython = await ensurePythonEnvironment("dbt", log);
  await writeLaunchers();
  return { awsPython, snowflakePython, dbtPython, binFolder };
}
