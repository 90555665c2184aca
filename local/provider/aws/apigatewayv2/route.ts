import {
  type AuthorizationType,
  CreateRouteCommand,
  DeleteRouteCommand,
  GetRouteCommand,
  UpdateRouteCommand,
} from "@aws-sdk/client-apigatewayv2";
import { text } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { apigateway } from "../clients";
import { found, unlessGone } from "../errors";

const properties = {
  apiId: text({ required: true, replaces: true }),
  routeKey: text({ required: true }),
  target: text(),
  authorizationType: text(),
  operationName: text(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const route = defineResource({
  type: "aws:apigatewayv2/route:Route",
  properties,
  async create(inputs) {
    const made = await apigateway().send(new CreateRouteCommand(settingsOf(inputs)));
    return { id: made.RouteId ?? "" };
  },
  async read(id, { apiId }) {
    const seen = await found(() => apigateway().send(new GetRouteCommand({ ApiId: apiId, RouteId: id })));
    return seen && { routeKey: seen.RouteKey, target: seen.Target };
  },
  async update(id, inputs) {
    await apigateway().send(new UpdateRouteCommand({ ...settingsOf(inputs), RouteId: id }));
    return {};
  },
  async delete(id, { apiId }) {
    await unlessGone(() => apigateway().send(new DeleteRouteCommand({ ApiId: apiId, RouteId: id })));
  },
});

function settingsOf(inputs: Inputs) {
  return {
    ApiId: inputs.apiId,
    RouteKey: inputs.routeKey,
    Target: inputs.target,
    AuthorizationType: inputs.authorizationType as AuthorizationType | undefined,
    OperationName: inputs.operationName,
  };
}
