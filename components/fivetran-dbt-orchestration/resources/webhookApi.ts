import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf } from "../../parts/account";
import type { Context } from "../../parts/context";
import { physicalName } from "../../parts/naming";
import type { NodeFunction } from "../../parts/nodeFunction";

export interface WebhookApi {
  readonly apiId: pulumi.Output<string>;
  /** What Fivetran calls. */
  readonly url: pulumi.Output<string>;
}

const path = "/fivetran";

/** An HTTP API with one route, throttled, whose access log has no bodies. */
export function webhookApi(
  context: Context,
  handler: NodeFunction,
  { rate, logRetentionDays }: { readonly rate: number; readonly logRetentionDays: number },
): WebhookApi {
  const name = `${context.name}-webhook`;
  const child = { parent: context.parent };
  const apiName = physicalName(context.name, "webhook", "httpApi");
  const api = new aws.apigatewayv2.Api(
    `${name}-api`,
    { name: apiName, protocolType: "HTTP", description: "Fivetran's webhooks", tags: context.tags },
    child,
  );
  const logGroupName = `/aws/vendedlogs/apis/${apiName}`;
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-api-logs`,
    { name: logGroupName, retentionInDays: logRetentionDays, tags: context.tags },
    child,
  );
  const integration = new aws.apigatewayv2.Integration(
    `${name}-integration`,
    {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: handler.lambda.arn,
      payloadFormatVersion: "2.0",
      timeoutMilliseconds: 30_000,
    },
    child,
  );
  const route = new aws.apigatewayv2.Route(
    `${name}-route`,
    {
      apiId: api.id,
      routeKey: `POST ${path}`,
      // Fivetran signs what it sends and takes no other credentials; the function checks the signature.
      authorizationType: "NONE",
      target: pulumi.interpolate`integrations/${integration.id}`,
    },
    child,
  );
  new aws.apigatewayv2.Stage(
    `${name}-stage`,
    {
      apiId: api.id,
      name: "$default",
      autoDeploy: true,
      defaultRouteSettings: { throttlingRateLimit: rate, throttlingBurstLimit: rate * 2, detailedMetricsEnabled: true },
      accessLogSettings: { destinationArn: logs.arn, format: accessLogFormat },
      tags: context.tags,
    },
    { ...child, dependsOn: [route, logs] },
  );
  new aws.lambda.Permission(
    `${name}-permission`,
    {
      action: "lambda:InvokeFunction",
      function: handler.lambda.name,
      principal: "apigateway.amazonaws.com",
      sourceArn: pulumi.interpolate`${arnOf(context.account, "execute-api", "")}${api.id}/*/POST${path}`,
    },
    child,
  );
  return { apiId: api.id, url: pulumi.interpolate`${api.apiEndpoint}${path}` };
}

const accessLogFormat = JSON.stringify({
  time: "$context.requestTime",
  requestId: "$context.requestId",
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  status: "$context.status",
  responseLength: "$context.responseLength",
  latency: "$context.responseLatency",
  error: "$context.integrationErrorMessage",
});
