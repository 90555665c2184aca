/**
 * The shape of a stack's configuration: every key and its type. What a component is given has the shape of its own
 * arguments (arguments.ts), whose ranges and patterns it checks itself; what stands here is only what has no component.
 * `docs/configuration.md` explains the keys.
 */
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ExportDeltaImportArgs } from "../components/export-delta-import/args";
import type { FivetranConnectorArgs } from "../components/fivetran-connector/args";
import type { FivetranDbtOrchestrationArgs } from "../components/fivetran-dbt-orchestration/args";
import type { KafkaLambdaSinkArgs } from "../components/kafka-lambda-sink/args";
import { logRetentionDays } from "../components/parts/logRetention";
import type { S3SourceArgs } from "../components/s3-to-dynamodb/args";
import { argumentsOf, type Given, partOf } from "./arguments";
import { snowflake } from "./snowflakeSchema";

/** What isn't said is the component's default, here as below. */
export interface ConnectorSettings extends Given<Omit<FivetranConnectorArgs, "bundle">> {
  name: string;
  entry: string;
}

export interface KafkaSinkSettings extends Given<KafkaLambdaSinkArgs> {
  name: string;
}

export type OrchestrationSettings = Given<FivetranDbtOrchestrationArgs>;
export type ImportSettings = Given<ExportDeltaImportArgs>;

/** Of what there may be several of: a part of the components' names. */
const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
    "use 2 to 20 lower-case letters, digits and hyphens, beginning with a letter",
  );

const connector = argumentsOf<ConnectorSettings>(
  "FivetranConnector",
  {
    name: name.describe(
      "Part of the names of what the connector is made of: the component is called `connector-<name>`.",
    ),
    entry: z
      .string()
      .min(1)
      .default("functions/connector-kit/example/handler.ts")
      .describe("The module that exports `handler`, from the project's folder."),
  },
  ["bundle"],
);

const kafkaSink = argumentsOf<KafkaSinkSettings>("KafkaLambdaSink", {
  name: name.describe("Part of the names of what the sink is made of: the component is called `kafka-<name>`."),
});

export const stackConfig = z.strictObject({
  sources: z.array(partOf<pulumi.Unwrap<S3SourceArgs>>("S3SourceArgs")).default([]),
  connectors: z.array(connector).default([]),
  orchestration: argumentsOf<OrchestrationSettings>("FivetranDbtOrchestration").optional(),
  kafkaSinks: z.array(kafkaSink).default([]),
  snowflake: snowflake.optional(),
  imports: argumentsOf<ImportSettings>("ExportDeltaImport").optional(),
  allowDestroy: z.boolean().default(false),
  alarmTopicArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:sns:/, "expected an ARN of sns")
    .optional(),
  /** Appended to the names of buckets that the stack makes. */
  bucketNameSuffix: z
    .string()
    .regex(
      /^[a-z0-9-]{0,19}[a-z0-9]$/,
      "use at most 20 lower-case letters, digits and hyphens, not ending with a hyphen",
    )
    .optional(),
  logRetentionDays: z.literal([...logRetentionDays]).default(90),
});

export type StackConfig = z.infer<typeof stackConfig>;

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

const jsonSchema = z.toJSONSchema(stackConfig, { io: "input" }) as JsonSchema;

/** The keys whose values Pulumi hands over as JSON. */
export const structuredKeys: readonly string[] = Object.entries(jsonSchema.properties ?? {})
  .filter(([, { type }]) => type !== "string")
  .map(([key]) => key);

/** What may stand at a place of the configuration, for a hint. */
export function keysAt(path: readonly (string | number)[]): string[] {
  const at = path.reduce<JsonSchema | undefined>(
    (schema, part) => (typeof part === "number" ? schema?.items : schema?.properties?.[part]),
    jsonSchema,
  );
  return Object.keys(at?.properties ?? {});
}
