import { join, relative } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BuildContext } from "./buildContext";
import { type Context, holdsData } from "./context";
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

/**
 * An image that Docker builds and pushes to a repository of its own, under its digest alone: without a tag there is none
 * that is there already when an image is built again, after a roll-back or an update that broke off, and none that
 * somebody could move.
 */
export function image(context: Context, part: string, { context: build, architecture }: ImageArgs): BuiltImage {
  const repository = imageRepository(context, part);
  const folder = relative(process.cwd(), build.folder);
  const { repositoryUrl } = repository;
  const child = { parent: context.parent };
  const login = aws.ecr.getAuthorizationTokenOutput({ registryId: repository.registryId }, child);
  // Loaded here: it takes a tenth of a second, and most programs don't need it.
  const dockerBuild: typeof import("@pulumi/docker-build") = require("@pulumi/docker-build");
  const built = new dockerBuild.Image(
    `${context.name}-${part}-image`,
    {
      context: { location: folder },
      dockerfile: { location: join(folder, "Dockerfile") },
      platforms: [architecture === "ARM64" ? "linux/arm64" : "linux/amd64"],
      exports: [{ registry: { names: [repositoryUrl], pushByDigest: true } }],
      push: false,
      registries: [{ address: repositoryUrl, username: login.userName, password: pulumi.secret(login.password) }],
    },
    child,
  );
  return { uri: pulumi.interpolate`${repositoryUrl}@${built.digest}`, repositoryUrl };
}

/** Tags can't be moved, though none are made here; pushes are scanned, old images go. */
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

/** An image comes with its index and the record of how it was built, so these are some thirty. */
const lifecycle = {
  rules: [
    {
      rulePriority: 1,
      description: "All but the last 100",
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 100 },
      action: { type: "expire" },
    },
  ],
};
