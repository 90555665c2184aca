import {
  CreateIntegrationCommand,
  DeleteIntegrationCommand,
  GetIntegrationCommand,
  type IntegrationType,
  UpdateIntegrationCommand,
} from "@aws-sdk/client-apigatewayv2";
import { number, text } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { apigateway } from "../clients";
import { found, unlessGone } from "../errors";

const properties = {
  apiId: text({ required: true, replaces: true }),
  integrationType: text({ required: true, replaces: true }),
  integrationUri: text(),
  integrationMethod: text(),
  payloadFormatVersion: text({ default: "1.0" }),
  timeoutMilliseconds: number(),
  description: text(),
  connectionType: text(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const integration = defineResource({
  type: "aws:apigatewayv2/integration:Integration",
  properties,
  async create(inputs) {
    const made = await apigateway().send(new CreateIntegrationCommand(settingsOf(inputs)));
    return { id: made.IntegrationId ?? "" };
  },
  async read(id, { apiId }) {
    const seen = await found(() => apigateway().send(new GetIntegrationCommand({ ApiId: apiId, IntegrationId: id })));
    return seen && { integrationUri: seen.IntegrationUri };
  },
  async update(id, inputs) {
    await apigateway().send(new UpdateIntegrationCommand({ ...settingsOf(inputs), IntegrationId: id }));
    return {};
  },
  async delete(id, { apiId }) {
    await unlessGone(() => apigateway().send(new DeleteIntegrationCommand({ ApiId: apiId, IntegrationId: id })));
  },
});

function settingsOf(inputs: Inputs) {
  return {
    ApiId: inputs.apiId,
    IntegrationType: inputs.integrationType as IntegrationType,
    IntegrationUri: inputs.integrationUri,
    IntegrationMethod: inputs.integrationMethod,
    PayloadFormatVersion: inputs.payloadFormatVersion,
    TimeoutInMillis: inputs.timeoutMilliseconds,
    Description: inputs.description,
  };
}
