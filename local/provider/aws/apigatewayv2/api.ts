import {
  CreateApiCommand,
  DeleteApiCommand,
  GetApiCommand,
  type ProtocolType,
  UpdateApiCommand,
} from "@aws-sdk/client-apigatewayv2";
import { flag, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, apigateway, endpoint, region } from "../clients";
import { found, unlessGone } from "../errors";

/** Where a stage of an API answers in the local cloud; in AWS the name of the API's own host. */
export function stageUrl(apiId: string, stage: string): string {
  return `${endpoint()}/_aws/execute-api/${apiId}/${stage}`;
}

export const api = defineResource({
  type: "aws:apigatewayv2/api:Api",
  properties: {
    name: text(),
    protocolType: text({ required: true, replaces: true }),
    description: text(),
    disableExecuteApiEndpoint: flag(),
    ipAddressType: text(),
    version: text(),
    tags: tags(),
  },
  naming: { input: "name" },
  async create(inputs) {
    const made = await apigateway().send(
      new CreateApiCommand({
        Name: inputs.name,
        ProtocolType: inputs.protocolType as ProtocolType,
        Description: inputs.description,
        DisableExecuteApiEndpoint: inputs.disableExecuteApiEndpoint,
        Version: inputs.version,
        Tags: inputs.tags,
      }),
    );
    const id = made.ApiId ?? "";
    const outputs = {
      apiEndpoint: stageUrl(id, "$default"),
      arn: `arn:aws:apigateway:${region}::/apis/${id}`,
      executionArn: `arn:aws:execute-api:${region}:${account}:${id}`,
      tagsAll: inputs.tags ?? {},
    };
    return { id, outputs };
  },
  async read(id) {
    const seen = await found(() => apigateway().send(new GetApiCommand({ ApiId: id })));
    return seen && { name: seen.Name };
  },
  async update(id, { name, description, disableExecuteApiEndpoint, version, tags }) {
    await apigateway().send(
      new UpdateApiCommand({
        ApiId: id,
        Name: name,
        Description: description,
        DisableExecuteApiEndpoint: disableExecuteApiEndpoint,
        Version: version,
      }),
    );
    return { tagsAll: tags ?? {} };
  },
  async delete(id) {
    await unlessGone(() => apigateway().send(new DeleteApiCommand({ ApiId: id })));
  },
});
