import {
  CreateStageCommand,
  DeleteStageCommand,
  GetStageCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { block, blocks, flag, tags, text } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { account, apigateway, region } from "../clients";
import { found, unlessGone } from "../errors";
import { stageUrl } from "./api";

interface RouteSettings {
  readonly dataTraceEnabled?: boolean;
  readonly detailedMetricsEnabled?: boolean;
  readonly loggingLevel?: "ERROR" | "INFO" | "OFF";
  readonly throttlingBurstLimit?: number;
  readonly throttlingRateLimit?: number;
}

const properties = {
  apiId: text({ required: true, replaces: true }),
  name: text({ replaces: true }),
  autoDeploy: flag(),
  description: text(),
  accessLogSettings: block<{ readonly destinationArn: string; readonly format: string }>()(),
  defaultRouteSettings: block<RouteSettings>()(),
  routeSettings: blocks<RouteSettings & { readonly routeKey: string }>()(),
  stageVariables: block<Readonly<Record<string, string>>>()(),
  tags: tags(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const stage = defineResource({
  type: "aws:apigatewayv2/stage:Stage",
  properties,
  naming: { input: "name" },
  async create(inputs) {
    const name = inputs.name ?? "";
    await apigateway().send(new CreateStageCommand({ ...settingsOf(inputs), Tags: inputs.tags }));
    const outputs = {
      arn: `arn:aws:apigateway:${region}::/apis/${inputs.apiId}/stages/${name}`,
      executionArn: `arn:aws:execute-api:${region}:${account}:${inputs.apiId}/${name}`,
      invokeUrl: `${stageUrl(inputs.apiId, name)}${name === "$default" ? "/" : ""}`,
      tagsAll: inputs.tags ?? {},
    };
    return { id: name, outputs };
  },
  async read(id, { apiId }) {
    const seen = await found(() => apigateway().send(new GetStageCommand({ ApiId: apiId, StageName: id })));
    return seen && { name: seen.StageName };
  },
  async update(_id, inputs) {
    await apigateway().send(new UpdateStageCommand(settingsOf(inputs)));
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id, { apiId }) {
    await unlessGone(() => apigateway().send(new DeleteStageCommand({ ApiId: apiId, StageName: id })));
  },
});

function settingsOf(inputs: Inputs) {
  const { destinationArn, format } = inputs.accessLogSettings ?? {};
  return {
    ApiId: inputs.apiId,
    StageName: inputs.name,
    AutoDeploy: inputs.autoDeploy,
    Description: inputs.description,
    AccessLogSettings: inputs.accessLogSettings && { DestinationArn: destinationArn, Format: format },
    DefaultRouteSettings: inputs.defaultRouteSettings && routeSettings(inputs.defaultRouteSettings),
    RouteSettings:
      inputs.routeSettings &&
      Object.fromEntries(inputs.routeSettings.map((each) => [each.routeKey, routeSettings(each)])),
    StageVariables: inputs.stageVariables,
  };
}

function routeSettings(settings: RouteSettings) {
  return {
    DataTraceEnabled: settings.dataTraceEnabled,
    DetailedMetricsEnabled: settings.detailedMetricsEnabled,
    LoggingLevel: settings.loggingLevel,
    ThrottlingBurstLimit: settings.throttlingBurstLimit,
    ThrottlingRateLimit: settings.throttlingRateLimit,
  };
}
