import {
  CreateServiceCommand,
  DeleteServiceCommand,
  type DeploymentCircuitBreaker,
  DescribeServicesCommand,
  type LaunchType,
  ListTasksCommand,
  type PropagateTags,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { block, flag, number, tags, text } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { ecs } from "../clients";
import { unlessGone } from "../errors";

interface Network {
  readonly subnets: string[];
  readonly securityGroups?: string[];
  readonly assignPublicIp?: boolean;
}

const properties = {
  name: text({ required: true, replaces: true }),
  cluster: text({ required: true, replaces: true }),
  taskDefinition: text({ required: true }),
  desiredCount: number(),
  launchType: text({ replaces: true }),
  networkConfiguration: block<Network>()({ required: true }),
  deploymentMinimumHealthyPercent: number(),
  deploymentMaximumPercent: number(),
  deploymentCircuitBreaker: block<DeploymentCircuitBreaker>()(),
  propagateTags: text(),
  enableEcsManagedTags: flag(),
  waitForSteadyState: flag({ onlyState: true, default: false }),
  tags: tags(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

/** Tasks of a definition, as many as are wanted; they run as other containers of the local ECS do. */
export const service = defineResource({
  type: "aws:ecs/service:Service",
  properties,
  async create(inputs) {
    const made = await ecs().send(
      new CreateServiceCommand({
        ...common(inputs),
        cluster: inputs.cluster,
        serviceName: inputs.name,
        launchType: inputs.launchType as LaunchType | undefined,
        propagateTags: inputs.propagateTags as PropagateTags | undefined,
        enableECSManagedTags: inputs.enableEcsManagedTags,
        tags: Object.entries(inputs.tags ?? {}).map(([key, value]) => ({ key, value })),
      }),
    );
    const arn = made.service?.serviceArn ?? "";
    return { id: arn, outputs: { arn, tagsAll: inputs.tags ?? {} } };
  },
  async read(id, state) {
    const { services = [] } = await ecs().send(
      new DescribeServicesCommand({ cluster: String(state.cluster), services: [id] }),
    );
    return services[0]?.status === "ACTIVE" ? { arn: id, desiredCount: services[0].desiredCount } : undefined;
  },
  async update(id, inputs) {
    await ecs().send(new UpdateServiceCommand({ ...common(inputs), cluster: inputs.cluster, service: id }));
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id, { cluster }) {
    const place = { cluster: String(cluster), service: id };
    await unlessGone(() => ecs().send(new UpdateServiceCommand({ ...place, desiredCount: 0 })));
    await unlessGone(() => ecs().send(new DeleteServiceCommand({ ...place, force: true })));
    // The cluster can't go while tasks are in it.
    for (let tries = 0; tries < 100; tries += 1) {
      const { taskArns = [] } = await ecs().send(new ListTasksCommand({ cluster: place.cluster }));
      if (taskArns.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${id}: its tasks still run 10 s after it was deleted`);
  },
});

function common(inputs: Inputs) {
  const { subnets, securityGroups, assignPublicIp } = inputs.networkConfiguration;
  return {
    taskDefinition: inputs.taskDefinition,
    desiredCount: inputs.desiredCount,
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...subnets],
        securityGroups: securityGroups && [...securityGroups],
        assignPublicIp: assignPublicIp ? ("ENABLED" as const) : ("DISABLED" as const),
      },
    },
    deploymentConfiguration: {
      minimumHealthyPercent: inputs.deploymentMinimumHealthyPercent,
      maximumPercent: inputs.deploymentMaximumPercent,
      deploymentCircuitBreaker: inputs.deploymentCircuitBreaker,
    },
  };
}
