import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { refuseUnknown, settled } from "./inputs";

const type = "awsx:ecr:Repository";
const own = [
  "name",
  "encryptionConfigurations",
  "forceDelete",
  "imageScanningConfiguration",
  "imageTagMutability",
  "tags",
];

interface Rule {
  readonly description?: string;
  readonly maximumAgeLimit?: number;
  readonly maximumNumberOfImages?: number;
  readonly tagPrefixList?: readonly string[];
  readonly tagStatus: string;
}

interface Lifecycle {
  readonly rules?: readonly Rule[];
  readonly skip?: boolean;
}

export async function constructRepository(
  name: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> {
  refuseUnknown(type, inputs, [...own, "lifecyclePolicy"]);
  const component = new pulumi.ComponentResource(type, name, {}, options);
  const { lifecyclePolicy, ...args } = inputs;
  const repository = new aws.ecr.Repository(name.toLowerCase(), args, { parent: component });
  const lifecycle = (await settled<Lifecycle>(type, "lifecyclePolicy", lifecyclePolicy)) ?? {};
  const policy = lifecycle.skip
    ? undefined
    : new aws.ecr.LifecyclePolicy(
        name.toLowerCase(),
        { repository: repository.name, policy: JSON.stringify({ rules: rulesOf(lifecycle.rules) }) },
        { parent: component },
      );
  return { urn: component.urn, state: { repository, lifecyclePolicy: policy, url: repository.repositoryUrl } };
}

/** Without rules of its own a repository keeps one untagged image, as awsx makes it. */
function rulesOf(rules: readonly Rule[] | undefined) {
  const given = rules ?? [{ description: "remove untagged images", tagStatus: "untagged", maximumNumberOfImages: 1 }];
  return given.map((rule, index) => ({
    rulePriority: index + 1,
    description: rule.description,
    selection: {
      tagStatus: rule.tagStatus,
      tagPrefixList: rule.tagPrefixList,
      ...(rule.maximumNumberOfImages === undefined
        ? { countType: "sinceImagePushed", countNumber: rule.maximumAgeLimit, countUnit: "days" }
        : { countType: "imageCountMoreThan", countNumber: rule.maximumNumberOfImages }),
    },
    action: { type: "expire" },
  }));
}
