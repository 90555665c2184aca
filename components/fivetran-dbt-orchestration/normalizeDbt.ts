import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "../parts/arguments";
import { checkFargateSize } from "../parts/fargateTask";
import type { OrchestrationDbtArgs } from "./args";

export interface DbtPlan {
  /** Absolute path; undefined where an image is given. */
  readonly projectFolder?: string;
  readonly image?: pulumi.Input<string>;
  readonly command: readonly string[];
  readonly timeout: number;
  readonly cpu: number;
  readonly memory: number;
  readonly architecture: string;
  readonly snowflakeSecretArn: pulumi.Input<string>;
  readonly secretKeys: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
}

const secretName = /SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL/i;
/** What the component sets itself. */
const reserved = ["RUN_ID", "ARTIFACTS_BUCKET", "ARTIFACTS_PREFIX", "DBT_TIMEOUT_SECONDS", "REDACTED_VARIABLES"];

/** @throws ArgumentError for the first mistake */
export function normalizeDbt(check: ArgumentCheck, args: OrchestrationDbtArgs): DbtPlan {
  if (typeof args !== "object" || args === null) {
    check.fail(
      "dbt",
      args,
      "Give the dbt project and Snowflake's credentials, for example { projectFolder, snowflakeSecretArn }.",
    );
  }
  check.knownKeys("dbt", args, {
    projectFolder: true,
    image: true,
    command: true,
    timeout: true,
    cpu: true,
    memory: true,
    architecture: true,
    snowflakeSecretArn: true,
    secretKeys: true,
    environment: true,
  });
  const { command = ["build"], timeout = 7200, cpu = 1024, architecture = "X86_64", environment = {} } = args;
  const { secretKeys = { SNOWFLAKE_PRIVATE_KEY: "privateKey" } } = args;
  const memory = args.memory ?? cpu * 2;
  checkSource(check, args);
  if (command.length === 0 || command[0] === "dbt") {
    check.fail("dbt.command", command, 'Give the words after dbt, for example ["build", "--select", "tag:daily"].');
  }
  check.integer("dbt.timeout", timeout, 60, 86_400, "seconds");
  checkFargateSize(check, "dbt.", cpu, memory);
  check.oneOf("dbt.architecture", architecture, ["X86_64", "ARM64"]);
  if (args.snowflakeSecretArn === undefined) {
    check.fail("dbt.snowflakeSecretArn", undefined, "Give the ARN of the secret with Snowflake's credentials.");
  }
  check.arn("dbt.snowflakeSecretArn", args.snowflakeSecretArn, "secretsmanager");
  checkNames(check, "dbt.secretKeys", secretKeys);
  checkNames(check, "dbt.environment", environment);
  for (const [name, value] of Object.entries(environment)) {
    const path = `dbt.environment.${name}`;
    if (secretName.test(name)) {
      check.fail(
        path,
        "(not shown)",
        "Anyone who may look at the task definition can read it: put it into the secret and name it in dbt.secretKeys.",
      );
    }
    if (name in secretKeys) check.fail(path, value, "It is in dbt.secretKeys too; ECS takes a name only once.");
  }
  return {
    projectFolder: args.projectFolder === undefined ? undefined : resolve(args.projectFolder),
    image: args.image,
    command,
    timeout,
    cpu,
    memory,
    architecture,
    secretKeys,
    environment,
    snowflakeSecretArn: args.snowflakeSecretArn,
  };
}

function checkSource(check: ArgumentCheck, { projectFolder, image }: OrchestrationDbtArgs): void {
  if ((projectFolder === undefined) === (image === undefined)) {
    check.fail("dbt.projectFolder", projectFolder, "Give either dbt.projectFolder or dbt.image, not both.");
  }
  if (projectFolder !== undefined && !existsSync(join(resolve(projectFolder), "dbt_project.yml"))) {
    check.fail(
      "dbt.projectFolder",
      projectFolder,
      `There is no ${join(projectFolder, "dbt_project.yml")}; give a dbt project's folder.`,
    );
  }
  if (typeof image === "string" && !/^[\w.-]+(?::\d+)?\/[\w./-]+(?::[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image)) {
    check.fail(
      "dbt.image",
      image,
      "Give registry, repository and tag or digest, for example 123456789012.dkr.ecr.eu-central-1.amazonaws.com/dbt:1.4.0.",
    );
  }
}

function checkNames(check: ArgumentCheck, path: string, values: Readonly<Record<string, pulumi.Input<string>>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) check.fail(`${path}.${name}`, value, "Give a name of letters, digits and _.");
    if (reserved.includes(name)) check.fail(`${path}.${name}`, value, "The component sets it; choose another name.");
    if (typeof value !== "string" && !pulumi.Output.isInstance(value))
      check.fail(`${path}.${name}`, value, "Give a text.");
  }
}
