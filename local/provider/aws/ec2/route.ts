import { CreateRouteCommand, DeleteRouteCommand, DescribeRouteTablesCommand } from "@aws-sdk/client-ec2";
import { text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { ec2 } from "../clients";
import { found, unlessGone } from "../errors";

export const route = defineResource({
  type: "aws:ec2/route:Route",
  properties: {
    routeTableId: text({ required: true }),
    destinationCidrBlock: text({ required: true }),
    gatewayId: text(),
    natGatewayId: text(),
  },
  async create({ routeTableId, destinationCidrBlock, gatewayId, natGatewayId }) {
    await ec2().send(
      new CreateRouteCommand({
        RouteTableId: routeTableId,
        DestinationCidrBlock: destinationCidrBlock,
        GatewayId: gatewayId,
        NatGatewayId: natGatewayId,
      }),
    );
    return { id: `r-${routeTableId}-${destinationCidrBlock}`, outputs: { state: "active", origin: "CreateRoute" } };
  },
  async read(_id, { routeTableId, destinationCidrBlock }) {
    const seen = await found(() => ec2().send(new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] })));
    const own = seen?.RouteTables?.[0]?.Routes?.find((each) => each.DestinationCidrBlock === destinationCidrBlock);
    return own && { state: own.State };
  },
  async delete(_id, { routeTableId, destinationCidrBlock }) {
    await unlessGone(() =>
      ec2().send(new DeleteRouteCommand({ RouteTableId: routeTableId, DestinationCidrBlock: destinationCidrBlock })),
    );
  },
});
