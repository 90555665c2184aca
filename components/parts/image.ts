import { join, relative } from "node:path";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { BuildContext } from "./buildContext";
import type { Context } from "./context";
import { holdsData } from "./dataProtection";
import { physicalName } from "./naming";

export interface ImageArgs {
  readonly context: BuildContext;
  /** `X86_64` or `ARM64`. */
  readonly architecture: string;
}

export interface BuiltImage {
  readonly uri: pulumi.Output<string>;
  readonly repositoryUrl: pulumi.Output<string>;
}

/** An image that Docker builds and pushes to a repository of its own. */
export function image(context: Context, part: string, { context: build, architecture }: ImageArgs): BuiltImage {
  const repository = imageRepository(context, part);
  const folder = relative(process.cwd(), build.folder);
  const platform = architecture === "ARM64" ? "arm64" : "amd64";
  // Loaded here: it takes a tenth of a second, and most programs don't need it.
  const awsx: typeof import("@pulumi/awsx") = require("@pulumi/awsx");
  const built = new awsx.ecr.Image(
    `${context.name}-${part}-image`,
    {
      repositoryUrl: repository.repositoryUrl,
      context: folder,
      dockerfile: join(folder, "Dockerfile"),
      platform: `linux/${platform}`,
      // Tags are immutable: the same content for the same platform has the same tag, and isn't pushed again.
      imageTag: `${build.hash}-${platform}`,
    },
    { parent: context.parent },
  );
  return { uri: built.imageUri, repositoryUrl: repository.repositoryUrl };
}

/** Tags can't be moved, pushes are scanned, old images go. */
function imageRepository(context: Context, part: string): aws.ecr.Repository {
  const repository = new aws.ecr.Repository(
    `${context.name}-${part}-repository`,
    {
      name: physicalName(context.name, part, "repository"),
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "AES256" }],
      forceDelete: context.allowDestroy,
      tags: context.tags,
    },
    holdsData(context),
  );
  new aws.ecr.LifecyclePolicy(
    `${context.name}-${part}-repository-lifecycle`,
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
