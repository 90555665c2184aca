import {
  type FieldMapping,
  type FieldType,
  type FileCompression,
  type FileEncoding,
  type FileFormat,
  SOURCE_DEFAULTS,
} from "../../functions/s3-to-dynamodb/shared/contract";
import { RESERVED } from "../../functions/s3-to-dynamodb/shared/upload";
import type { ArgumentCheck, ArgumentNames } from "../parts/arguments";
import type { S3SourceArgs } from "./args";
import type { Source } from "./pipeline";

const formats: readonly FileFormat[] = ["auto", "csv", "tsv", "psv", "ndjson", "json"];
const compressions: readonly FileCompression[] = ["auto", "none", "gzip", "zip"];
const encodings: readonly FileEncoding[] = ["utf-8", "utf-16le", "windows-1252", "latin1"];
const types: readonly FieldType[] = ["string", "number", "boolean", "json"];

const known: ArgumentNames<S3SourceArgs> = {
  name: true,
  bucketName: true,
  accountId: true,
  kmsKeyArn: true,
  prefix: true,
  suffix: true,
  format: true,
  delimiter: true,
  compression: true,
  encoding: true,
  keyFields: true,
  fields: true,
  onlyMapped: true,
  shards: true,
  manageNotifications: true,
  eventBridge: true,
  allowDestroy: true,
};

/** Fills in a source's defaults. @throws ArgumentError for a mistake within it */
export function normalizeSource(check: ArgumentCheck, args: S3SourceArgs, path: string, allowDestroy: boolean): Source {
  check.knownKeys(path, args, known);
  check.matches(
    `${path}.name`,
    args.name,
    /^[a-z][a-z0-9-]{0,39}$/,
    "Use 1 to 40 lower-case letters, digits and hyphens, beginning with a letter.",
  );
  checkBucket(check, args, path);
  const options = optionsOf(args);
  const { prefix, suffix, format, compression, encoding, keyFields, onlyMapped, shards } = options;
  check.matches(
    `${path}.prefix`,
    prefix,
    /^(?!\/)[^*?$]{0,900}$/s,
    "Object keys don't begin with a slash; *, ? and $ would be wildcards in the role's policy. Give the literal beginning of the keys.",
  );
  check.matches(
    `${path}.suffix`,
    suffix,
    /^[^*?]{0,100}$/s,
    'Give the literal end of the keys, for example ".csv.gz".',
  );
  check.oneOf(`${path}.format`, format, formats);
  checkDelimiter(check, args.delimiter, format, path);
  check.oneOf(`${path}.compression`, compression, compressions);
  check.oneOf(`${path}.encoding`, encoding, encodings);
  check.integer(`${path}.shards`, shards, 1, 100);
  const fields = normalizeFields(check, args, path);
  checkKey(check, keyFields, fields, onlyMapped, path);
  if (onlyMapped && fields.length === 0) {
    check.fail(
      `${path}.onlyMapped`,
      true,
      "Without fields every field would be dropped; name those to keep in fields.",
    );
  }
  return {
    config: { name: args.name, ...options, fields },
    bucketName: args.bucketName,
    accountId: args.accountId,
    kmsKeyArn: args.kmsKeyArn,
    manageNotifications: args.manageNotifications ?? args.bucketName === undefined,
    eventBridge: args.eventBridge ?? false,
    allowDestroy: args.allowDestroy ?? allowDestroy,
  };
}

/** The functions' options as they are given, or their defaults; what is right is still to be checked. */
function optionsOf(args: S3SourceArgs): typeof SOURCE_DEFAULTS {
  const options = Object.entries(SOURCE_DEFAULTS).map(([key, standard]) => [key, Reflect.get(args, key) ?? standard]);
  return Object.fromEntries(options);
}

function checkDelimiter(check: ArgumentCheck, delimiter: string | undefined, format: string, path: string): void {
  if (delimiter === undefined) return;
  check.matches(
    `${path}.delimiter`,
    delimiter,
    /^[^"\r\n\0]$/,
    'Give one character, for example ";" or "\\t"; a quote or a line end can\'t be one.',
  );
  if (format !== "auto" && format !== "csv") {
    check.fail(`${path}.delimiter`, delimiter, `The format ${format} has its own delimiter; leave one of them out.`);
  }
}

function checkBucket(check: ArgumentCheck, args: S3SourceArgs, path: string): void {
  const { bucketName, accountId, kmsKeyArn } = args;
  if (typeof bucketName === "string") {
    check.matches(
      `${path}.bucketName`,
      bucketName,
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      "Give a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens; no ARN, no s3://.",
    );
  }
  if (accountId !== undefined) {
    check.matches(`${path}.accountId`, accountId, /^\d{12}$/, "Give the account's 12 digits as text.");
  }
  if (kmsKeyArn !== undefined) check.arn(`${path}.kmsKeyArn`, kmsKeyArn, "kms");
  if (bucketName === undefined) {
    for (const key of ["accountId", "kmsKeyArn"] as const) {
      if (args[key] !== undefined)
        check.fail(`${path}.${key}`, args[key], `It is about an existing bucket: give bucketName too.`);
    }
    if (args.manageNotifications === false) {
      check.fail(
        `${path}.manageNotifications`,
        false,
        "A bucket that is created here has nobody else to set them; give bucketName, or leave it out.",
      );
    }
  }
  if (bucketName !== undefined && args.allowDestroy !== undefined) {
    check.fail(
      `${path}.allowDestroy`,
      args.allowDestroy,
      "An existing bucket isn't deleted with the source; leave it out.",
    );
  }
  if (
    bucketName !== undefined &&
    accountId === undefined &&
    !args.eventBridge &&
    args.manageNotifications === undefined
  ) {
    check.fail(
      `${path}.manageNotifications`,
      undefined,
      "An existing bucket may have notifications that others need, so say where events of new objects come from: eventBridge: true " +
        "(EventBridge is switched on for the bucket, its notifications stay); manageNotifications: false (you add the " +
        "output collectQueueArn to them); or manageNotifications: true (the component sets them, existing notifications are replaced).",
    );
  }
  if (accountId !== undefined && args.eventBridge === true) {
    check.fail(
      `${path}.eventBridge`,
      true,
      "EventBridge of another account doesn't reach this queue; leave it out, the owner sets the notification of foreignBucketPolicies.",
    );
  }
}

function normalizeFields(check: ArgumentCheck, args: S3SourceArgs, path: string): FieldMapping[] {
  const from = new Set<string>();
  const to = new Set<string>();
  return (args.fields ?? []).map((field, i) => {
    const at = `${path}.fields[${i}]`;
    check.knownKeys(at, field, { from: true, to: true, type: true });
    const complete = { from: field.from, to: field.to ?? field.from, type: field.type ?? "string" };
    check.matches(`${at}.from`, complete.from, /^.+$/s, "Give the field's name in the file.");
    check.matches(`${at}.to`, complete.to, /^.+$/s, "Give the attribute's name.");
    check.oneOf(`${at}.type`, complete.type, types);
    if (from.has(complete.from))
      check.fail(`${at}.from`, complete.from, "It is mapped already; a field becomes one attribute.");
    if (to.has(complete.to))
      check.fail(`${at}.to`, complete.to, "Another field becomes this attribute already; choose another name.");
    if (RESERVED.has(complete.to)) {
      check.fail(`${at}.to`, complete.to, "Every item already has an attribute of this name; choose another name.");
    }
    from.add(complete.from);
    to.add(complete.to);
    return { ...complete, type: complete.type as FieldType };
  });
}

function checkKey(
  check: ArgumentCheck,
  keyFields: readonly string[],
  fields: readonly FieldMapping[],
  onlyMapped: boolean,
  path: string,
): void {
  keyFields.forEach((name, i) => {
    const at = `${path}.keyFields[${i}]`;
    check.matches(at, name, /^.+$/s, "Give the field's name in the file.");
    if (keyFields.indexOf(name) !== i) check.fail(at, name, "It is listed twice; remove one.");
    if (fields.some(({ from }) => from === name)) return;
    const renamed = fields.find(({ to }) => to === name);
    if (renamed !== undefined) {
      check.fail(at, name, `Key fields are named as in the file: give ${JSON.stringify(renamed.from)}.`);
    }
    if (onlyMapped) {
      check.fail(
        at,
        name,
        `onlyMapped drops it from the item; add { from: ${JSON.stringify(name)} } to ${path}.fields.`,
      );
    }
  });
}
