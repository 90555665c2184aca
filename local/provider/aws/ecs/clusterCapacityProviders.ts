import {
  type CapacityProviderStrategyItem,
  DescribeClustersCommand,
  PutClusterCapacityProvidersCommand,
} from "@aws-sdk/client-ecs";
import { blocks, text, texts } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { ecs } from "../clients";
import { unlessGone } from "../errors";

const properties = {
  clusterName: text({ required: true, replaces: true }),
  capacityProviders: texts(),
  defaultCapacityProviderStrategies: blocks<CapacityProviderStrategyItem>()(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const clusterCapacityProviders = defineResource({
  type: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
  properties,
  async create(inputs) {
    await put(inputs);
    return { id: inputs.clusterName };
  },
  async read(id) {
    const { clusters = [] } = await ecs().send(new DescribeClustersCommand({ clusters: [id] }));
    return clusters[0] && { capacityProviders: clusters[0].capacityProviders };
  },
  async update(_id, inputs) {
    await put(inputs);
    return {};
  },
  async delete(id) {
    await unlessGone(() => put({ clusterName: id, capacityProviders: [], defaultCapacityProviderStrategies: [] }));
  },
});

async function put(inputs: Inputs): Promise<void> {
  await ecs().send(
    new PutClusterCapacityProvidersCommand({
      cluster: inputs.clusterName,
      capacityProviders: [...(inputs.capacityProviders ?? [])],
      defaultCapacityProviderStrategy: [...(inputs.defaultCapacityProviderStrategies ?? [])],
    }),
  );
}
