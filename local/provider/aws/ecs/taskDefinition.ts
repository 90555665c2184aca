import {
  type ContainerDefinition,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  type EphemeralStorage,
  type LaunchType,
  type NetworkMode,
  RegisterTaskDefinitionCommand,
  type RuntimePlatform,
  type Volume,
} from "@aws-sdk/client-ecs";
import { block, blocks, document, flag, tags, text, texts } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { ecs } from "../clients";
import { found, unlessGone } from "../errors";

/** A change is a new revision, which is a new resource. */
export const taskDefinition = defineResource({
  type: "aws:ecs/taskDefinition:TaskDefinition",
  properties: {
    family: text({ required: true }),
    containerDefinitions: document({ required: true }),
    cpu: text(),
    memory: text(),
    networkMode: text(),
    requiresCompatibilities: texts(),
    executionRoleArn: text(),
    taskRoleArn: text(),
    runtimePlatform: block<RuntimePlatform>()(),
    ephemeralStorage: block<EphemeralStorage>()(),
    volumes: blocks<Volume>()(),
    skipDestroy: flag({ onlyState: true }),
    tags: tags(),
  },
  async create(inputs) {
    const made = await ecs().send(
      new RegisterTaskDefinitionCommand({
        family: inputs.family,
        containerDefinitions: JSON.parse(inputs.containerDefinitions) as ContainerDefinition[],
        cpu: inputs.cpu,
        memory: inputs.memory,
        networkMode: inputs.networkMode as NetworkMode | undefined,
        requiresCompatibilities: inputs.requiresCompatibilities as LaunchType[] | undefined,
        executionRoleArn: inputs.executionRoleArn,
        taskRoleArn: inputs.taskRoleArn,
        runtimePlatform: inputs.runtimePlatform,
        ephemeralStorage: inputs.ephemeralStorage,
        volumes: inputs.volumes && [...inputs.volumes],
        tags: inputs.tags && Object.entries(inputs.tags).map(([key, value]) => ({ key, value })),
      }),
    );
    const { taskDefinitionArn: arn = "", revision } = made.taskDefinition ?? {};
    const outputs = { arn, arnWithoutRevision: arn.replace(/:\d+$/, ""), revision, tagsAll: inputs.tags ?? {} };
    return { id: inputs.family, outputs };
  },
  async read(_id, state) {
    const seen = await found(() =>
      ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition: String(state.arn ?? state.family) })),
    );
    return seen?.taskDefinition?.status === "ACTIVE" ? { arn: seen.taskDefinition.taskDefinitionArn } : undefined;
  },
  async delete(_id, { arn, skipDestroy }) {
    if (skipDestroy) return;
    await unlessGone(() => ecs().send(new DeregisterTaskDefinitionCommand({ taskDefinition: String(arn) })));
  },
});
