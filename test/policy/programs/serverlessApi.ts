/** A to-do API: HTTP API, functions, a table with a stream, a webhook by function URL. The functions share one role. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const region = aws.getRegionOutput().region;
const { accountId } = aws.getCallerIdentityOutput();
const code = new pulumi.asset.AssetArchive({
  "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 204 });"),
});

const table = new aws.dynamodb.Table("todos", {
  billingMode: "PAY_PER_REQUEST",
  hashKey: "owner",
  rangeKey: "id",
  attributes: [
    { name: "owner", type: "S" },
    { name: "id", type: "S" },
  ],
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
  serverSideEncryption: { enabled: true },
});

const shared = new aws.iam.Role("api", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal(aws.iam.Principals.LambdaPrincipal),
  managedPolicyArns: [
    aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
    aws.iam.ManagedPolicy.AmazonDynamoDBFullAccess,
    aws.iam.ManagedPolicy.AWSXRayDaemonWriteAccess,
  ],
});

const handler = (name: string) =>
  new aws.lambda.Function(name, {
    role: shared.arn,
    runtime: aws.lambda.Runtime.NodeJS22dX,
    handler: "index.handler",
    code,
    tracingConfig: { mode: "Active" },
    environment: { variables: { TABLE: table.name } },
  });
const list = handler("list-todos");
const add = handler("add-todo");

const notifyRole = new aws.iam.Role("notify", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  }),
});
const notify = new aws.lambda.Function("notify", {
  role: notifyRole.arn,
  runtime: aws.lambda.Runtime.NodeJS22dX,
  handler: "index.handler",
  code,
  environment: { variables: { SLACK_TOKEN: "xoxb-314159265358-2718281828459-AbCdEfGhIjKlMnOp", CHANNEL: "#todos" } },
});
new aws.iam.RolePolicy("notify", {
  role: notifyRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Stream",
        Effect: "Allow",
        Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        Resource: table.streamArn,
      },
      { Sid: "Streams", Effect: "Allow", Action: "dynamodb:ListStreams", Resource: "*" },
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${notify.name}:*`,
      },
      { Sid: "Mail", Effect: "Allow", Action: "ses:SendEmail", Resource: "*" },
    ],
  }),
});
new aws.lambda.EventSourceMapping("notify", {
  functionName: notify.arn,
  eventSourceArn: table.streamArn,
  startingPosition: "LATEST",
});

const api = new aws.apigatewayv2.Api("todos", { protocolType: "HTTP" });
for (const [route, to] of Object.entries({ "GET /todos": list, "POST /todos": add })) {
  const integration = new aws.apigatewayv2.Integration(route, {
    apiId: api.id,
    integrationType: "AWS_PROXY",
    integrationUri: to.arn,
    payloadFormatVersion: "2.0",
  });
  new aws.apigatewayv2.Route(route, {
    apiId: api.id,
    routeKey: route,
    target: pulumi.interpolate`integrations/${integration.id}`,
  });
}
const accessLog = new aws.cloudwatch.LogGroup("api-access", { retentionInDays: 14 });
new aws.apigatewayv2.Stage("live", {
  apiId: api.id,
  name: "$default",
  autoDeploy: true,
  accessLogSettings: { destinationArn: accessLog.arn, format: "$context.requestId $context.status" },
});
new aws.lambda.Permission("list", {
  action: "lambda:InvokeFunction",
  function: list.name,
  principal: "apigateway.amazonaws.com",
  sourceArn: pulumi.interpolate`${api.executionArn}/*/*`,
});
new aws.lambda.Permission("add", {
  action: "lambda:InvokeFunction",
  function: add.name,
  principal: "apigateway.amazonaws.com",
});

/** The payment provider signs its calls. */
const hook = new aws.lambda.FunctionUrl("hook", { functionName: add.name, authorizationType: "NONE" });

/** For the REST APIs of the region. */
const gatewayLogs = new aws.iam.Role("gateway-logs", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "apigateway.amazonaws.com" }),
});
new aws.iam.RolePolicyAttachment("gateway-logs", {
  role: gatewayLogs.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
});
new aws.apigateway.Account("logs", { cloudwatchRoleArn: gatewayLogs.arn });

const domain = config.get("domain");
export const url = domain ?? api.apiEndpoint;
export const webhook = hook.functionUrl;
