import { CreateRouteTableCommand, DeleteRouteTableCommand, DescribeRouteTablesCommand } from "@aws-sdk/client-ec2";
import { tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, ec2 } from "../clients";
import { found, unlessGone } from "../errors";
import { ec2Arn } from "./arn";
import { retag, tagsOf } from "./tags";

/** Routes are resources of their own (`aws.ec2.Route`). */
export const routeTable = defineResource({
  type: "aws:ec2/routeTable:RouteTable",
  properties: { vpcId: text({ required: true, replaces: true }), tags: tags() },
  async create({ vpcId, tags }) {
    const made = await ec2().send(
      new CreateRouteTableCommand({ VpcId: vpcId, TagSpecifications: tagsOf("route-table", tags) }),
    );
    const id = made.RouteTable?.RouteTableId ?? "";
    return { id, outputs: { arn: ec2Arn("route-table", id), ownerId: account, tagsAll: tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => ec2().send(new DescribeRouteTablesCommand({ RouteTableIds: [id] })));
    return seen?.RouteTables?.[0] && { vpcId: seen.RouteTables[0].VpcId };
  },
  update: (id, inputs, state) => retag(id, state.tags, inputs.tags),
  async delete(id) {
    await unlessGone(() => ec2().send(new DeleteRouteTableCommand({ RouteTableId: id })));
  },
});
