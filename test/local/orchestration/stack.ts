/** The stack of these tests: five orchestrations, each with a group of its own, and shorter times than arguments allow. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { FivetranDbtOrchestrationArgs } from "../../../components/fivetran-dbt-orchestration/args";
import { FivetranDbtOrchestration } from "../../../components/fivetran-dbt-orchestration/fivetranDbtOrchestration";
import type { OrchestrationSurroundings } from "../../../local/fivetran/surroundings";
import type { Group } from "./groups";

export interface Outputs {
  readonly stateMachineArn: string;
  readonly webhookUrl: string;
  readonly webhookSecretArn: string;
  readonly artifactsBucketName: string;
  readonly waitsTableName: string;
  readonly clusterArn: string;
  readonly mapMode: string;
}

/** The dbt that does as it is told; see image/. */
export const stubImage = "000000000000.dkr.ecr.us-east-1.amazonaws.com/stub-dbt:1";

// A leap day: at five o'clock, of whatever day, the tests' runs would have company.
const schedule = { expression: "cron(0 5 29 2 ? *)", timeZone: "Europe/Zurich" };

/** Seconds. What no argument allows so short is shortened in the finished definition. */
export const times = { poll: 30, sync: 90, dbt: 15, look: 2, retry: 1 } as const;

export async function program(surroundings: OrchestrationSurroundings): Promise<Record<Group, object>> {
  const { fivetranApiUrl, fivetranSecretArn, snowflakeSecretArn, dbtEnvironment } = surroundings;
  const vpc = new aws.ec2.Vpc("network", { cidrBlock: "10.0.0.0/16" });
  const subnet = new aws.ec2.Subnet("network", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
  const shared = {
    fivetranApiUrl,
    fivetranSecretArn,
    allowDestroy: true,
    logRetentionDays: 1,
    pollInterval: 900,
    network: { vpcId: vpc.id, subnetIds: [subnet.id] },
  };
  const stub = { image: stubImage, snowflakeSecretArn, timeout: 60 };
  const real = {
    projectFolder: "functions/fivetran-dbt-orchestration/dbt/example-project",
    snowflakeSecretArn,
    environment: dbtEnvironment,
  };
  const make = (name: Group, args: Omit<FivetranDbtOrchestrationArgs, "groupId" | "fivetranSecretArn">): object => {
    const made = new FivetranDbtOrchestration(
      name,
      { ...shared, groupId: name, ...args },
      { transformations: [shorter] },
    );
    const { stateMachineArn, webhookUrl, webhookSecretArn, artifactsBucketName } = made;
    const { waitsTableName, clusterArn, mapMode } = made;
    return {
      stateMachineArn,
      webhookUrl,
      webhookSecretArn,
      artifactsBucketName,
      waitsTableName,
      clusterArn,
      mapMode,
    };
  };
  return {
    side: make("side", { overlap: "allow", onPaused: "skip", maxReschedules: 2, concurrency: 5, dbt: stub }),
    nightly: make("nightly", { overlap: "skip", onPaused: "fail", schedule, dbt: real }),
    large: make("large", {
      overlap: "queue",
      queueTimeout: 600,
      onPaused: "resume",
      quorum: 99,
      concurrency: 5,
      maxConnections: 200,
      mapMode: "distributed",
      dbt: stub,
    }),
    quiet: make("quiet", { overlap: "allow", pollInterval: times.poll, syncTimeout: 120, dbt: stub }),
    triggered: make("triggered", { startOnConnections: ["trigger"], dbt: stub }),
  };
}

const shorter: pulumi.ResourceTransformation = ({ type, props, opts }) => {
  if (type === "aws:sfn/stateMachine:StateMachine") {
    return { props: { ...props, definition: pulumi.output(props.definition).apply(shorterDefinition) }, opts };
  }
  if (type === "aws:ecs/taskDefinition:TaskDefinition") {
    const containerDefinitions = pulumi
      .output(props.containerDefinitions)
      .apply((text: string) =>
        replaced(text, [['"DBT_TIMEOUT_SECONDS","value":"60"', `"DBT_TIMEOUT_SECONDS","value":"${times.dbt}"`, false]]),
      );
    return { props: { ...props, containerDefinitions }, opts };
  }
  return undefined;
};

function shorterDefinition(definition: string): string {
  return replaced(definition, [
    ["$millis() + 120000", `$millis() + ${times.sync * 1_000}`, false],
    ['"IntervalSeconds": 30', `"IntervalSeconds": ${times.retry}`, true],
    ['"Seconds": 30', `"Seconds": ${times.look}`, false],
  ]);
}

/** @param changes from, to, and whether it has to be there */
function replaced(text: string, changes: readonly (readonly [string, string, boolean])[]): string {
  return changes.reduce((before, [from, to, required]) => {
    if (required && !before.includes(from)) throw new Error(`The definition has no ${from} to shorten any more.`);
    return before.replaceAll(from, to);
  }, text);
}
