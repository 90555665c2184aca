import * as dockerBuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { refuseUnknown } from "./inputs";

const known = ["args", "context", "dockerfile", "imageName", "imageTag", "platform", "repositoryUrl", "target"];

export async function constructImage(
  name: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> {
  refuseUnknown("awsx:ecr:Image", inputs, known);
  const component = new pulumi.ComponentResource("awsx:ecr:Image", name, {}, options);
  const context = pulumi.output(inputs.context as pulumi.Input<string> | undefined).apply((given) => given ?? ".");
  const dockerfile = inputs.dockerfile as pulumi.Input<string> | undefined;
  const platform = inputs.platform as pulumi.Input<dockerBuild.Platform> | undefined;
  const image = new dockerBuild.Image(
    (inputs.imageName as string | undefined) ?? name,
    {
      tags: [pulumi.interpolate`${inputs.repositoryUrl}:${inputs.imageTag ?? "latest"}`],
      context: { location: context },
      dockerfile: dockerfile === undefined ? undefined : { location: dockerfile },
      buildArgs: inputs.args as Record<string, string> | undefined,
      platforms: platform && [platform],
      target: inputs.target as pulumi.Input<string> | undefined,
      push: true,
    },
    { parent: component },
  );
  return { urn: component.urn, state: { imageUri: image.ref } };
}
