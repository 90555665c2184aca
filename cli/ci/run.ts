/** Runs the commands of `npm run ci`. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { UsageError } from "../shared/commandLine";
import { driftIssue, marker, previewComment } from "./comment";
import { gitHub, upsertComment, upsertIssue } from "./github";
import type { CiOptions } from "./options";
import { type PreviewSummary, SummaryBuilder } from "./summary";

export interface CiPorts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly fetch: typeof fetch;
  /** Folder of Pulumi.yaml. */
  readonly project: string;
}

/** @returns the exit code */
export async function runCi(options: CiOptions, ports: CiPorts): Promise<number> {
  switch (options.command) {
    case "preview":
    case "drift":
      return look(options, ports);
    case "comment":
      return comment(options, ports);
    case "drift-issue":
      return issue(options, ports);
  }
}

/** The stack that a summary is made of; what the commands need of Pulumi's Automation API. */
async function look(options: CiOptions, { print, project }: CiPorts): Promise<number> {
  const { stack: stackName, out, plan, policyPack, policyConfig } = options;
  const stack = await LocalWorkspace.selectStack({ stackName, workDir: project });
  const summary = new SummaryBuilder(stackName);
  const onEvent = summary.add.bind(summary);
  const common = { onEvent, onOutput: print, color: "never" as const };
  let failure: Error | undefined;
  try {
    if (options.command === "drift") await stack.previewRefresh(common);
    else {
      await stack.preview({
        ...common,
        plan,
        policyPacks: policyPack === undefined ? undefined : [policyPack],
        policyPackConfigs: policyConfig === undefined ? undefined : [policyConfig],
      });
    }
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
  writeFileSync(out, `${JSON.stringify(summary.done(failure), undefined, 2)}\n`);
  if (failure) print(`${stackName}: ${options.command} failed; ${out} says why.`);
  return failure ? 1 : 0;
}

async function comment({ folder, access, dryRun }: CiOptions, ports: CiPorts): Promise<number> {
  const accessText = access !== undefined && existsSync(access) ? readFileSync(access, "utf8") : "";
  const body = previewComment({ summaries: readSummaries(folder), access: accessText });
  if (dryRun) {
    ports.print(body);
    return 0;
  }
  const { api, repository } = apiOf(ports);
  const done = await upsertComment(api, repository, pullRequestOf(ports), marker("preview"), body);
  ports.print(`Comment ${done}.`);
  return 0;
}

async function issue({ folder, dryRun }: CiOptions, ports: CiPorts): Promise<number> {
  const body = driftIssue(readSummaries(folder));
  if (dryRun) {
    ports.print(body ?? "No drift.");
    return 0;
  }
  const { api, repository } = apiOf(ports);
  const done = await upsertIssue(api, repository, marker("drift"), "Drift: what is deployed was changed by hand", body);
  ports.print(`Issue: ${done}.`);
  return 0;
}

/** @throws UsageError when there is none, or one can't be read */
function readSummaries(folder: string): PreviewSummary[] {
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const summaries = files
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => {
      const value: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"));
      if (!isSummary(value)) throw new UsageError(`${join(folder, file)} isn't a summary of \`preview\` or \`drift\``);
      return value;
    });
  if (summaries.length === 0) throw new UsageError(`--folder ${folder} holds no summary; run preview or drift first`);
  return summaries;
}

function isSummary(value: unknown): value is PreviewSummary {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "stack") === "string" &&
    ["steps", "violations", "errors"].every((key) => Array.isArray(Reflect.get(value, key)))
  );
}

function apiOf({ environment, fetch: send }: CiPorts) {
  const need = (name: string): string => {
    const value = environment[name];
    if (!value) throw new UsageError(`${name} isn't set; GitHub Actions sets it, or give --dry-run`);
    return value;
  };
  const apiUrl = environment.GITHUB_API_URL ?? "https://api.github.com";
  return { api: gitHub(apiUrl, need("GITHUB_TOKEN"), send), repository: need("GITHUB_REPOSITORY") };
}

/** @throws UsageError outside a pull request's event */
function pullRequestOf({ environment }: CiPorts): number {
  const path = environment.GITHUB_EVENT_PATH ?? "";
  const event: unknown = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  const pull: unknown = typeof event === "object" && event !== null ? Reflect.get(event, "pull_request") : undefined;
  const number: unknown = typeof pull === "object" && pull !== null ? Reflect.get(pull, "number") : undefined;
  if (typeof number !== "number") throw new UsageError("The event in GITHUB_EVENT_PATH isn't a pull request's");
  return number;
}
