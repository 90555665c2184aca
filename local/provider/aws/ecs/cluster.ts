import {
  type ClusterConfiguration,
  type ClusterSetting,
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  UpdateClusterCommand,
} from "@aws-sdk/client-ecs";
import { block, blocks, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { ecs } from "../clients";
import { unlessGone } from "../errors";

export const cluster = defineResource({
  type: "aws:ecs/cluster:Cluster",
  properties: {
    name: text({ replaces: true }),
    settings: blocks<ClusterSetting>()(),
    configuration: block<ClusterConfiguration>()(),
    tags: tags(),
  },
  naming: { input: "name" },
  async create({ name, settings, configuration, tags }) {
    const made = await ecs().send(
      new CreateClusterCommand({
        clusterName: name,
        settings: settings && [...settings],
        configuration,
        tags: Object.entries(tags ?? {}).map(([key, value]) => ({ key, value })),
      }),
    );
    const arn = made.cluster?.clusterArn ?? "";
    return { id: arn, outputs: { arn, tagsAll: tags ?? {} } };
  },
  async read(id) {
    const { clusters = [] } = await ecs().send(new DescribeClustersCommand({ clusters: [id] }));
    return clusters[0]?.status === "ACTIVE" ? { arn: id } : undefined;
  },
  async update(id, { settings, configuration, tags }) {
    await ecs().send(new UpdateClusterCommand({ cluster: id, settings: settings && [...settings], configuration }));
    return { tagsAll: tags ?? {} };
  },
  async delete(id) {
    await unlessGone(() => ecs().send(new DeleteClusterCommand({ cluster: id })));
  },
});
