import * as pulumi from "@pulumi/pulumi";
import { alarms, dashboard } from "../parts/alarms";
import { ArgumentCheck } from "../parts/arguments";
import { componentOptions, componentType, ownOutputs } from "../parts/component";
import { contextOf } from "../parts/context";
import { deployedName } from "../parts/naming";
import { dashboardBody, sinkAlarms } from "./alarms";
import type { KafkaLambdaSinkArgs } from "./args";
import { normalize } from "./normalize";
import { scaling, sinkImage, sinkNetwork, sinkService, sinkTask } from "./service";

const typeName = "KafkaLambdaSink";

/**
 * Hands the records of Kafka topics to a Lambda function: partition by partition in order, in batches, at least once,
 * with the configuration and the payload of Confluent's AWS Lambda sink connector. Its tasks run in Fargate under a role
 * that may call this one function; their number follows the lag.
 *
 * **The smallest useful program**
 * ```ts
 * import { KafkaLambdaSink } from "pulumi-data-pipelines";
 *
 * const sink = new KafkaLambdaSink("orders", {
 *   functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:take-orders",
 *   topics: ["orders"],
 *   bootstrapServers: "b-1.example.com:9092,b-2.example.com:9092",
 *   network: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
 * });
 * export const letIntoTheBrokers = sink.securityGroupId;
 * ```
 *
 * **MSK with IAM, responses and errors reported, instead of a connector that is there already**
 * ```ts
 * import { KafkaLambdaSink } from "pulumi-data-pipelines";
 *
 * const sink = new KafkaLambdaSink("orders", {
 *   config: {
 *     topics: "orders,returns",
 *     "aws.lambda.function.name": "take-orders:live",
 *     "aws.lambda.batch.size": "500",
 *     "behavior.on.error": "log",
 *     "reporter.result.topic.name": "orders-results",
 *     "reporter.error.topic.name": "orders-errors",
 *   },
 *   bootstrapServers: "b-1.example.com:9098,b-2.example.com:9098",
 *   authentication: "iam",
 *   mskClusterArn: "arn:aws:kafka:eu-central-1:123456789012:cluster/main/11111111-2222-3333-4444-555555555555-6",
 *   network: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
 *   maxTasks: 6,
 *   alarmTopicArn: "arn:aws:sns:eu-central-1:123456789012:oncall",
 * });
 * export const group = sink.consumerGroup;
 * ```
 *
 * @throws ArgumentError when an argument or a key of the configuration is wrong, with its path, its value and the fix
 */
export class KafkaLambdaSink extends pulumi.ComponentResource {
  /** Name of the ECS service. */
  readonly serviceName: pulumi.Output<string>;
  /** ARN of the ECS cluster that the tasks run in. */
  readonly clusterArn: pulumi.Output<string>;
  /** Role of the tasks: the one that another account's role has to trust. */
  readonly taskRoleArn: pulumi.Output<string>;
  /** Security group of the tasks: the brokers' own has to let it in. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Consumer group, for Kafka's access lists. */
  readonly consumerGroup: pulumi.Output<string>;
  /** Where the sink's image is pushed; empty where an image is given. */
  readonly repositoryUrl: pulumi.Output<string>;
  /** The tasks' log group. */
  readonly logGroupName: pulumi.Output<string>;
  /** Address of the dashboard in CloudWatch. */
  readonly dashboardUrl: pulumi.Output<string>;
  /** Names of the alarms in CloudWatch. */
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: KafkaLambdaSinkArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = componentType(typeName);
    super(type, name, {}, componentOptions(type, name, opts));
    const owner = `${typeName} "${name}"`;
    const plan = normalize(new ArgumentCheck(owner), name, args);
    const { allowDestroy, connector, maxLag } = plan;
    const context = contextOf(this, name, owner, { tags: args.tags, allowDestroy });
    for (const notice of connector.notices) void pulumi.log.warn(`${owner}: ${notice}`, this);

    const image = sinkImage(context, plan);
    const network = sinkNetwork(context, plan);
    const task = sinkTask(context, plan, image.uri);
    const service = sinkService(context, plan, task, network);
    scaling(context, plan, task, service);

    const skips = connector.parsed.delivery.behavior !== "fail";
    const watched = { pipeline: deployedName(name), logGroupName: task.logGroupName, maxLag, skips };
    const alarmNames = alarms(context, plan.alarmTopicArn, sinkAlarms(watched));

    this.serviceName = service.name;
    this.clusterArn = task.clusterArn;
    this.taskRoleArn = task.taskRoleArn;
    this.securityGroupId = network.securityGroupId;
    this.consumerGroup = pulumi.output(connector.parsed.groupId);
    this.repositoryUrl = image.repositoryUrl;
    this.logGroupName = pulumi.output(task.logGroupName);
    this.dashboardUrl = dashboard(context, "sink", dashboardBody(watched, context.account.region));
    this.alarmNames = pulumi.output(alarmNames);
    this.registerOutputs(ownOutputs(this));
  }
}
