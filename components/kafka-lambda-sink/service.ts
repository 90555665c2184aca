import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { environment } from "../../functions/kafka-lambda-sink/service/environment";
import { permissions } from "../../functions/kafka-lambda-sink/service/permissions";
import { METRICS_NAMESPACE } from "../../functions/shared/metrics";
import { arnOf } from "../parts/account";
import { buildContext } from "../parts/buildContext";
import { bundleOf } from "../parts/bundle";
import type { Context } from "../parts/context";
import { type FargateTask, fargateTask } from "../parts/fargateTask";
import { functionEnvironment } from "../parts/functionEnvironment";
import { type GrantTarget, grantStatements } from "../parts/grants";
import { type BuiltImage, image } from "../parts/image";
import { deployedName, physicalName } from "../parts/naming";
import { https, type Network, network } from "../parts/network";
import { configText } from "./connectorConfig";
import type { SinkPlan } from "./normalize";

/** Part of the names of all that runs the sink. */
const part = "sink";
const healthPort = 8080;
const serviceFolder = join(__dirname, "..", "..", "functions", "kafka-lambda-sink", "service");

/** The image that is given, else one that is built of the bundled service. */
export function sinkImage(context: Context, plan: SinkPlan): BuiltImage {
  if (plan.image !== undefined) return { uri: pulumi.output(plan.image), repositoryUrl: pulumi.output("") };
  const { code } = bundleOf("kafka-lambda-sink/service");
  const build = buildContext("kafka-lambda-sink", [
    { from: join(serviceFolder, "Dockerfile"), to: "Dockerfile" },
    { from: code, to: "index.mjs" },
  ]);
  return image(context, part, { context: build, architecture: plan.architecture });
}

export function sinkNetwork(context: Context, { network: given, ports }: SinkPlan): Network {
  const egress = ports.map((port) => ({ port, description: "Kafka, or its schema registry" }));
  return network(context, part, {
    given,
    description: "Kafka sink: out to the brokers and AWS, nothing in",
    egress: [https, ...egress],
  });
}

export function sinkTask(context: Context, plan: SinkPlan, uri: pulumi.Output<string>): FargateTask {
  const { secrets, connector, stopTimeout } = plan;
  const check =
    "fetch('http://127.0.0.1:'+process.env.HEALTH_PORT).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))";
  const statements = grantStatements(permissions, targetsOf(context, plan)).map(({ statement }) => statement);
  return fargateTask(context, part, {
    container: part,
    image: uri,
    cpu: plan.cpu,
    memory: plan.memory,
    architecture: plan.architecture,
    environment: functionEnvironment<typeof environment>(context.owner, {
      PIPELINE: deployedName(context.name),
      SINK_CONFIG: configText(connector.properties),
      HEALTH_PORT: healthPort,
      STOP_SECONDS: stopTimeout,
    }),
    secrets: Object.fromEntries(secrets.map(({ variable, secretArn, key }) => [variable, { secretArn, key }])),
    secretsKmsKeyArn: secrets.length > 0 ? plan.secretsKmsKeyArn : undefined,
    statements,
    logRetentionDays: plan.logRetentionDays,
    stopTimeout,
    readOnly: true,
    healthCommand: ["node", "-e", check],
  });
}

/** Exactly the function, or the role of another account that calls it; at MSK the topics and the group. */
function targetsOf({ account }: Context, { connector, mskClusterArn }: SinkPlan) {
  const { lambda, topics, groupId, delivery } = connector.parsed;
  const { assumeRole, accessKey } = lambda;
  const isOwn = assumeRole === undefined && accessKey === undefined;
  const at = (kind: string, names: readonly string[]): GrantTarget[] =>
    mskClusterArn === undefined
      ? []
      : names.map((name) => ({
          arn: pulumi.output(mskClusterArn).apply((arn) => `${arn.replace(":cluster/", `:${kind}/`)}/${name}`),
          arnLength: 300 + name.length,
        }));
  const reports = [delivery.resultTopic?.name, delivery.errorTopic?.name].filter((name) => name !== undefined);
  return {
    function: isOwn ? [{ arn: functionArn(account, connector.properties["aws.lambda.function.name"] ?? "") }] : [],
    assumedRole: assumeRole === undefined ? [] : [{ arn: assumeRole.arn }],
    mskCluster: mskClusterArn === undefined ? [] : [{ arn: mskClusterArn }],
    mskTopic: at("topic", topics),
    mskGroup: at("group", [groupId]),
    mskReportTopic: at("topic", reports),
  };
}

/** A name stands for a function of the stack's own account and region. */
function functionArn(account: Context["account"], name: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(name).apply((known) => {
    if (known.startsWith("arn:")) return pulumi.output(known);
    return arnOf(account, "lambda", `function:${known.replace(/^(\d{12}:)?(function:)?/, "")}`);
  });
}

/** The tasks, replaced without a gap: a new one takes partitions over as the old one lets go of them. */
export function sinkService(context: Context, plan: SinkPlan, task: FargateTask, net: Network): aws.ecs.Service {
  const { minTasks, connector } = plan;
  // Members of one name put each other out: the old one goes first.
  const isStatic = connector.parsed.consumer.instanceId !== undefined;
  return new aws.ecs.Service(
    `${context.name}-${part}-service`,
    {
      name: physicalName(context.name, part, "service"),
      cluster: task.cluster.arn,
      taskDefinition: task.definition.arn,
      desiredCount: minTasks,
      launchType: "FARGATE",
      networkConfiguration: {
        subnets: net.subnetIds,
        securityGroups: [net.securityGroupId],
        assignPublicIp: false,
      },
      deploymentMinimumHealthyPercent: isStatic ? 0 : 100,
      deploymentMaximumPercent: isStatic ? 100 : 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      propagateTags: "SERVICE",
      enableEcsManagedTags: true,
      tags: context.tags,
    },
    // Their number follows the lag from then on.
    { parent: context.parent, dependsOn: [...task.ready, ...net.ready], ignoreChanges: ["desiredCount"] },
  );
}

/** Holds the lag a task at the target, by the sink's own metric. */
export function scaling(context: Context, plan: SinkPlan, task: FargateTask, service: aws.ecs.Service): void {
  const { minTasks, maxTasks, lagPerTask } = plan;
  if (maxTasks === minTasks) return;
  const name = `${context.name}-${part}-scaling`;
  const target = new aws.appautoscaling.Target(
    name,
    {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: pulumi.interpolate`service/${task.clusterName}/${service.name}`,
      minCapacity: minTasks,
      maxCapacity: maxTasks,
      tags: context.tags,
    },
    { parent: context.parent },
  );
  new aws.appautoscaling.Policy(
    `${name}-policy`,
    {
      name: physicalName(context.name, "lag", "policy"),
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: lagPerTask,
        // Each task tells its own partitions' lag: the average falls as tasks are added.
        customizedMetricSpecification: {
          namespace: METRICS_NAMESPACE,
          metricName: "Lag",
          statistic: "Average",
          dimensions: [{ name: "Pipeline", value: deployedName(context.name) }],
        },
        // Each change moves partitions, so they are kept rare.
        scaleOutCooldown: 120,
        scaleInCooldown: 600,
      },
    },
    { parent: context.parent },
  );
}
