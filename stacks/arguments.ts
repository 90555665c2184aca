/**
 * The shape of the components' arguments in a stack's file, as plugin/schema.json has it: `npm run schema` writes it from
 * the interfaces. The components check ranges and patterns themselves.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { namespace } from "./mistakes";

/** What the stack's own keys give to every component. */
const ofStack = ["alarmTopicArn", "logRetentionDays", "bucketNameSuffix", "allowDestroy", "tags"] as const;

/** A component's arguments as a stack's file gives them: values, no outputs. */
export type Given<Args> = Omit<pulumi.Unwrap<Args>, (typeof ofStack)[number]>;

interface Property {
  readonly description?: string;
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
}

type Properties = Readonly<Record<string, Property>>;

interface Members {
  readonly properties: Properties;
  readonly required: readonly string[];
}

interface Plugin {
  readonly resources: Readonly<Record<string, { inputProperties: Properties; requiredInputs: readonly string[] }>>;
  readonly types: Readonly<Record<string, Members>>;
}

const plugin = JSON.parse(readFileSync(join(__dirname, "..", "plugin", "schema.json"), "utf8")) as Plugin;

/** Keys that the stack has beside a component's arguments, or understands in its own way. */
type Own<Settings> = Readonly<Partial<Record<keyof Settings, z.ZodType>>>;

/**
 * @param component its class's name
 * @param own words that it leaves out are the argument's
 * @param without arguments that a stack can't give
 */
export function argumentsOf<Settings extends object>(
  component: string,
  own?: Own<Settings>,
  without: readonly string[] = [],
): z.ZodType<Settings> {
  const resource = plugin.resources[`${namespace}:index:${component}`];
  if (resource === undefined) throw new Error(`plugin/schema.json has no ${component}; run: npm run schema`);
  const { inputProperties, requiredInputs } = resource;
  return strict({ properties: inputProperties, required: requiredInputs }, own, [...ofStack, ...without]);
}

/** The same for an interface that is a part of a component's arguments, for example `S3SourceArgs`. */
export function partOf<Settings extends object>(
  name: string,
  own?: Own<Settings>,
  without: readonly string[] = [],
): z.ZodType<Settings> {
  const type = plugin.types[`${namespace}:index:${name}`];
  if (type === undefined) throw new Error(`plugin/schema.json has no ${name}; run: npm run schema`);
  return strict(type, own, without);
}

function strict<Settings>({ properties, required }: Members, own: object = {}, without: readonly string[]) {
  const shape: Record<string, z.ZodType> = { ...own };
  for (const [name, property] of Object.entries(properties)) {
    if (without.includes(name)) continue;
    const isRequired = required.includes(name);
    const type = shape[name] ?? (isRequired ? typeOf(property, true) : typeOf(property).optional());
    const { description = "" } = property;
    shape[name] = type.description === undefined ? type.describe(description.replaceAll("\n", " ")) : type;
  }
  return z.strictObject(shape) as z.ZodType<unknown> as z.ZodType<Settings>;
}

function typeOf({ type, $ref, items, additionalProperties }: Property, isRequired = false): z.ZodType {
  if ($ref !== undefined) return partOf($ref.slice($ref.lastIndexOf(":") + 1));
  if (items !== undefined) return z.array(typeOf(items, true));
  if (additionalProperties !== undefined) return z.record(z.string(), typeOf(additionalProperties));
  switch (type) {
    case "string":
      return isRequired ? z.string().min(1) : z.string();
    case "number":
      return z.number();
    case "boolean":
      return z.boolean();
    default:
      throw new Error(`plugin/schema.json has a ${type}, which no stack's file can give yet.`);
  }
}
