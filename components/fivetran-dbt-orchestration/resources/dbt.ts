import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type BuildContext, buildContext } from "../../parts/buildContext";
import type { Context } from "../../parts/context";
import { type FargateTask, fargateTask } from "../../parts/fargateTask";
import { type BuiltImage, image } from "../../parts/image";
import { https, type Network, network } from "../../parts/network";
import type { SecureBucket } from "../../parts/secureBucket";
import type { OrchestrationNetworkArgs } from "../args";
import type { OrchestrationPlan } from "../normalize";
import type { DbtPlan } from "../normalizeDbt";
import { dbtContainer, runsPrefix } from "../settings";

/** The image that is given, else one that is built of the project. */
export function dbtImage(context: Context, plan: DbtPlan): BuiltImage {
  if (plan.projectFolder !== undefined) {
    const build = dbtContext(plan.projectFolder);
    return image(context, "dbt", { context: build, architecture: plan.architecture });
  }
  if (plan.image === undefined) throw new Error("dbt has neither image nor project; normalizeDbt lets this through");
  return { uri: pulumi.output(plan.image), repositoryUrl: pulumi.output("") };
}

const imageFolder = join(__dirname, "..", "..", "..", "functions", "fivetran-dbt-orchestration", "dbt");
/** What makes the image beside the project. */
const imageFiles = [
  "Dockerfile",
  "entrypoint.py",
  "dbt_run.py",
  "summary.py",
  "artifacts.py",
  "redaction.py",
  "requirements.hashes.txt",
];
/**
 * What dbt writes in the project's root; a model's folder may be called so too. Then what must not go into an image,
 * wherever it is: other tools' folders, and files that hold secrets by their names.
 */
const leftOut = [
  "target",
  "logs",
  "dbt_packages",
  ".user.yml",
  "**/.git",
  "**/.venv",
  "**/node_modules",
  "**/__pycache__",
  "**/.DS_Store",
  "**/.env",
  "**/.env.*",
  "**/*.pem",
  "**/*.p8",
  "**/*.key",
];

/**
 * The Dockerfile, what it needs, and the dbt project as `project/`.
 *
 * @throws Error when the project's .dockerignore leaves out what dbt can't do without
 */
export function dbtContext(projectFolder: string): BuildContext {
  const own = imageFiles.map((file) => ({ from: join(imageFolder, file), to: file }));
  const context = buildContext("dbt", [...own, { from: projectFolder, to: "project", leaveOut: leftOut }]);
  if (!context.files.includes("project/dbt_project.yml")) {
    throw new Error(
      `${join(projectFolder, ".dockerignore")} leaves dbt_project.yml out of the image. Fix: take it back in by !dbt_project.yml.`,
    );
  }
  return context;
}

export function dbtNetwork(context: Context, given: OrchestrationNetworkArgs | undefined): Network {
  return network(context, "dbt", {
    given,
    description: "dbt: out to Snowflake and AWS, nothing in",
    // HTTP for the certificates' revocation lists, which Snowflake's driver asks for.
    egress: [https, { port: 80, description: "Revocation lists of certificates" }],
  });
}

/** What runs in the container is code of others: it hands in its artifacts and may do nothing else. */
export function dbtTask(
  context: Context,
  { dbt, secretsKmsKeyArn, logRetentionDays }: OrchestrationPlan,
  uri: pulumi.Output<string>,
  artifacts: SecureBucket,
): FargateTask {
  const { command, cpu, memory, architecture, snowflakeSecretArn, secretKeys } = dbt;
  return fargateTask(context, "dbt", {
    container: dbtContainer,
    image: uri,
    command,
    cpu,
    memory,
    architecture,
    environment: {
      ...dbt.environment,
      ARTIFACTS_BUCKET: artifacts.bucketName,
      ARTIFACTS_PREFIX: runsPrefix,
      DBT_TIMEOUT_SECONDS: String(dbt.timeout),
      // Whatever they are called: their values are taken out of the log and of every artifact.
      REDACTED_VARIABLES: Object.keys(secretKeys).join(","),
    },
    secrets: Object.fromEntries(
      Object.entries(secretKeys).map(([variable, key]) => [variable, { secretArn: snowflakeSecretArn, key }]),
    ),
    secretsKmsKeyArn,
    statements: [
      {
        why: "stores what dbt leaves behind",
        Sid: "Artifacts",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${artifacts.arn}/${runsPrefix}*`,
      },
    ],
    logRetentionDays,
  });
}
