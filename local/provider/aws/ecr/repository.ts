import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  type EncryptionType,
  type ImageTagMutability,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
} from "@aws-sdk/client-ecr";
import { block, blocks, flag, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, ecr, region } from "../clients";
import { found, unlessGone } from "../errors";
import { tagList } from "../tags";

interface Encryption {
  readonly encryptionType?: string;
  readonly kmsKey?: string;
}

export const repository = defineResource({
  type: "aws:ecr/repository:Repository",
  properties: {
    name: text({ replaces: true }),
    imageTagMutability: text({ default: "MUTABLE" }),
    imageScanningConfiguration: block<{ readonly scanOnPush: boolean }>()(),
    encryptionConfigurations: blocks<Encryption>()({ replaces: true }),
    forceDelete: flag({ onlyState: true }),
    tags: tags(),
  },
  naming: { input: "name", lowercase: true },
  async create(inputs) {
    const [encryption] = inputs.encryptionConfigurations ?? [];
    const made = await ecr().send(
      new CreateRepositoryCommand({
        repositoryName: inputs.name,
        imageTagMutability: inputs.imageTagMutability as ImageTagMutability,
        imageScanningConfiguration: inputs.imageScanningConfiguration,
        encryptionConfiguration: encryption && {
          encryptionType: (encryption.encryptionType ?? "AES256") as EncryptionType,
          kmsKey: encryption.kmsKey,
        },
        tags: tagList(inputs.tags),
      }),
    );
    const outputs = {
      arn: made.repository?.repositoryArn,
      registryId: account,
      repositoryUrl: `${account}.dkr.ecr.${region}.amazonaws.com/${inputs.name}`,
      tagsAll: inputs.tags ?? {},
    };
    return { id: inputs.name ?? "", outputs };
  },
  async read(id) {
    const seen = await found(() => ecr().send(new DescribeRepositoriesCommand({ repositoryNames: [id] })));
    return seen?.repositories?.[0] && { arn: seen.repositories[0].repositoryArn };
  },
  async update(id, { imageTagMutability, imageScanningConfiguration, tags }) {
    await ecr().send(
      new PutImageTagMutabilityCommand({
        repositoryName: id,
        imageTagMutability: imageTagMutability as ImageTagMutability,
      }),
    );
    await ecr().send(
      new PutImageScanningConfigurationCommand({
        repositoryName: id,
        imageScanningConfiguration: imageScanningConfiguration ?? { scanOnPush: false },
      }),
    );
    return { tagsAll: tags ?? {} };
  },
  async delete(id, { forceDelete }) {
    await unlessGone(() => ecr().send(new DeleteRepositoryCommand({ repositoryName: id, force: forceDelete })));
  },
});
