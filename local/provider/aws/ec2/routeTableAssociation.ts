import {
  AssociateRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
} from "@aws-sdk/client-ec2";
import { text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { ec2 } from "../clients";
import { found, unlessGone } from "../errors";

export const routeTableAssociation = defineResource({
  type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  properties: { routeTableId: text({ required: true }), subnetId: text({ required: true }) },
  async create({ routeTableId, subnetId }) {
    const made = await ec2().send(new AssociateRouteTableCommand({ RouteTableId: routeTableId, SubnetId: subnetId }));
    return { id: made.AssociationId ?? "" };
  },
  async read(id, { routeTableId }) {
    const seen = await found(() => ec2().send(new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] })));
    const { Associations = [] } = seen?.RouteTables?.[0] ?? {};
    const own = Associations.find(({ RouteTableAssociationId }) => RouteTableAssociationId === id);
    return own && { subnetId: own.SubnetId };
  },
  async delete(id) {
    await unlessGone(() => ec2().send(new DisassociateRouteTableCommand({ AssociationId: id })));
  },
});
