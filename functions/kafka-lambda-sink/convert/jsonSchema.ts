import Ajv, { type AnySchema, type ErrorObject, type ValidateFunction } from "ajv";
import Ajv2019 from "ajv/dist/2019";
import Ajv2020 from "ajv/dist/2020";
import draft6 from "ajv/dist/refs/json-schema-draft-06.json";
import addFormats from "ajv-formats";
import { ConversionError } from "../core/errors";
import { textOf } from "./converter";
import type { Decoder } from "./framed";
import type { RegisteredSchema } from "./registry";

const OPTIONS = { strict: false, logger: false } as const;
const ERRORS_SHOWN = 3;

/**
 * Takes JSON that its schema allows; the text stands in the payload as it is.
 * @param validates false: the schema is ignored
 * @throws Error where the schema isn't valid, or of a draft that isn't known
 */
export function jsonSchemaDecoder(schema: RegisteredSchema, validates: boolean): Decoder {
  const validate = validates ? validator(schema) : undefined;
  return (body) => {
    const text = textOf(body);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new ConversionError("The data isn't valid JSON.");
    }
    if (validate !== undefined && !validate(value)) {
      throw new ConversionError(
        `The JSON isn't what its schema says: ${problems(validate.errors ?? [])}. Fix: correct the producer, or set json.fail.invalid.schema=false to take it as it is.`,
      );
    }
    return text;
  };
}

function validator(schema: RegisteredSchema): ValidateFunction {
  const parsed = JSON.parse(schema.text) as AnySchema;
  const { $schema = "", $id = "" } = typeof parsed === "object" ? (parsed as Record<string, unknown>) : {};
  const ajv = ajvFor(String($schema));
  addReferences(ajv, schema, String($id), new Set());
  return ajv.compile(parsed);
}

function ajvFor(dialect: string): Ajv {
  if (/draft-0[34]\/?/.test(dialect)) {
    throw new Error(
      `${dialect} isn't supported. Fix: register it as draft-07 or later, or set json.fail.invalid.schema=false.`,
    );
  }
  const Dialect = dialect.includes("2020-12") ? Ajv2020 : dialect.includes("2019-09") ? Ajv2019 : Ajv;
  const ajv = new Dialect(OPTIONS);
  if (dialect.includes("draft-06")) ajv.addMetaSchema(draft6);
  addFormats(ajv);
  return ajv;
}

/** A reference is meant by its name, or by its name beside the schema's own address. */
function addReferences(ajv: Ajv, schema: RegisteredSchema, base: string, added: Set<string>): void {
  for (const { name, schema: referred } of schema.references) {
    if (added.has(name)) continue;
    added.add(name);
    const parsed = JSON.parse(referred.text) as AnySchema;
    const address = URL.canParse(name, base) ? new URL(name, base).href : name;
    for (const key of new Set([name, address]))
      if (ajv.getSchema(key) === undefined) ajv.addSchema(withoutId(parsed), key);
    addReferences(ajv, referred, base, added);
  }
}

function withoutId(schema: AnySchema): AnySchema {
  if (typeof schema === "boolean") return schema;
  const { $id, ...rest } = schema as Record<string, unknown>;
  return rest;
}

/** Where and which rule; the values are somebody's data. */
function problems(errors: readonly ErrorObject[]): string {
  const shown = errors.slice(0, ERRORS_SHOWN).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
  return shown.join("; ") + (errors.length > ERRORS_SHOWN ? "; …" : "");
}
