import { join, relative } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { buildContext } from "../../parts/buildContext";
import type { Context } from "../../parts/context";
import { holdsData } from "../../parts/dataProtection";
import { physicalName } from "../../parts/naming";
import type { DbtPlan } from "../normalizeDbt";

export interface DbtImage {
  readonly uri: pulumi.Output<string>;
  /** Empty where an image is given. */
  readonly repositoryUrl: pulumi.Output<string>;
}

/** The image that is given, else one that is built of the project and pushed to a repository of its own. */
export function dbtImage(context: Context, plan: DbtPlan): DbtImage {
  if (plan.projectFolder === undefined) {
    if (plan.image === undefined) throw new Error("dbt has neither image nor project; normalizeDbt lets this through");
    return { uri: pulumi.output(plan.image), repositoryUrl: pulumi.output("") };
  }
  const repository = imageRepository(context);
  const { folder, hash } = buildContext(plan.projectFolder);
  // Loaded here, because it takes a tenth of a second and programs without an orchestration don't need it.
  const awsx: typeof import("@pulumi/awsx") = require("@pulumi/awsx");
  const image = new awsx.ecr.Image(
    `${context.name}-dbt-image`,
    {
      repositoryUrl: repository.repositoryUrl,
      context: relative(process.cwd(), folder),
      dockerfile: join(relative(process.cwd(), folder), "Dockerfile"),
      platform: plan.architecture === "ARM64" ? "linux/arm64" : "linux/amd64",
      // Tags are immutable: the same content has the same tag, and isn't pushed again.
      imageTag: hash,
    },
    { parent: context.parent },
  );
  return { uri: image.imageUri, repositoryUrl: repository.repositoryUrl };
}

function imageRepository(context: Context): aws.ecr.Repository {
  const repository = new aws.ecr.Repository(
    `${context.name}-dbt-repository`,
    {
      name: physicalName(context.name, "dbt", "repository"),
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "AES256" }],
      forceDelete: context.allowDestroy,
      tags: context.tags,
    },
    holdsData(context),
  );
  new aws.ecr.LifecyclePolicy(
    `${context.name}-dbt-repository-lifecycle`,
    { repository: repository.name, policy: JSON.stringify(lifecycle) },
    { parent: context.parent },
  );
  return repository;
}

const lifecycle = {
  rules: [
    {
      rulePriority: 1,
      description: "Untagged images",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
      action: { type: "expire" },
    },
    {
      rulePriority: 2,
      description: "All but the last 30 images",
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 30 },
      action: { type: "expire" },
    },
  ],
};
