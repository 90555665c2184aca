/** One row of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/** An answer of a connector as Fivetran reads it, with the rows of its file where it has one. */
export interface CheckedAnswer {
  readonly state: Row;
  readonly insert: Readonly<Record<string, readonly Row[]>>;
  readonly delete: Readonly<Record<string, readonly Row[]>>;
  readonly schema: Readonly<Record<string, { readonly primary_key: readonly string[] }>>;
  readonly softDelete: readonly string[];
  readonly hasMore: boolean;
}

/** What the connector sent can't be read by Fivetran. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

/**
 * Checks an answer against the documented form; takes any connector's, not only the kit's.
 * @param file the file's text, with the sync method "through an S3 bucket"
 * @throws AnswerError naming the member
 */
export function checkAnswer(answer: unknown, file?: string): CheckedAnswer {
  if (!isObject(answer)) throw new AnswerError("The answer isn't an object. Return {state, insert, hasMore}.");
  if (!isObject(answer.state))
    throw new AnswerError("The answer has no state object. Return it, even when nothing moved.");
  if (typeof answer.hasMore !== "boolean") throw new AnswerError("hasMore of the answer isn't true or false.");
  const rows = file === undefined ? answer : fileRows(file);
  const where = file === undefined ? "the answer" : "the file";
  if (!isObject(rows.insert)) throw new AnswerError(`insert is missing in ${where}. Give {} when there are no rows.`);
  const schema = checkSchema(answer.schema);
  return {
    state: answer.state,
    insert: checkRows("insert", rows.insert, schema),
    delete: checkRows("delete", rows.delete ?? {}, schema),
    schema,
    softDelete: checkSoftDelete(answer.softDelete),
    hasMore: answer.hasMore,
  };
}

function fileRows(text: string): Row {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AnswerError("The file isn't JSON.", { cause });
  }
  if (!isObject(parsed)) throw new AnswerError("The file isn't a JSON object with insert and delete.");
  return parsed;
}

function checkSchema(schema: unknown = {}): CheckedAnswer["schema"] {
  const isTable = (table: unknown) => isObject(table) && Array.isArray(table.primary_key);
  if (!isObject(schema) || !Object.values(schema).every(isTable)) {
    throw new AnswerError("schema of the answer isn't {table: {primary_key: [column]}}.");
  }
  return schema as CheckedAnswer["schema"];
}

function checkRows(member: string, tables: unknown, schema: CheckedAnswer["schema"]): CheckedAnswer["insert"] {
  if (!isObject(tables)) throw new AnswerError(`${member} isn't an object of tables.`);
  for (const [table, rows] of Object.entries(tables)) {
    if (!Array.isArray(rows)) throw new AnswerError(`${member}.${table} isn't an array of rows.`);
    const key = schema[table]?.primary_key ?? [];
    if (member === "delete" && key.length === 0) {
      throw new AnswerError(`delete.${table} has rows, but schema has no primary key for ${table}.`);
    }
    rows.forEach((row: unknown, index) => {
      const missing = key.find((column) => !isObject(row) || row[column] === undefined || row[column] === null);
      if (!isObject(row) || missing !== undefined) {
        throw new AnswerError(`${member}.${table}[${index}] has no ${missing ?? "columns"}.`);
      }
    });
  }
  return tables as CheckedAnswer["insert"];
}

function checkSoftDelete(tables: unknown = []): readonly string[] {
  if (!Array.isArray(tables) || tables.some((table) => typeof table !== "string")) {
    throw new AnswerError("softDelete isn't an array of table names.");
  }
  return tables as readonly string[];
}

function isObject(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
