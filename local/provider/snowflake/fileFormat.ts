import { flag, number, text, texts } from "../core/properties";
import { defineResource, type ResourceType } from "../core/resourceType";
import { placed } from "./identifier";
import { get, put, remove } from "./service";

const properties = {
  name: text({ replaces: true }),
  database: text({ required: true, replaces: true }),
  schema: text({ required: true, replaces: true }),
  formatType: text({ required: true, replaces: true }),
  compression: text(),
  fieldDelimiter: text(),
  recordDelimiter: text(),
  skipHeader: number(),
  parseHeader: flag(),
  fieldOptionallyEnclosedBy: text(),
  escape: text(),
  escapeUnenclosedField: text(),
  nullIfs: texts(),
  emptyFieldAsNull: flag(),
  trimSpace: flag(),
  skipBlankLines: flag(),
  skipByteOrderMark: flag(),
  errorOnColumnCountMismatch: flag(),
  encoding: text(),
  dateFormat: text(),
  timeFormat: text(),
  timestampFormat: text(),
  binaryFormat: text(),
  binaryAsText: flag(),
  stripOuterArray: flag(),
  stripNullValues: flag(),
  ignoreUtf8Errors: flag(),
  replaceInvalidCharacters: flag(),
  comment: text(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const fileFormat = defineResource({
  type: "snowflake:index/fileFormat:FileFormat",
  properties,
  naming: { input: "name", upperCase: true },
  async create(inputs) {
    await putFormat(inputs);
    return { id: placed(inputs), outputs: { fullyQualifiedName: placed(inputs) } };
  },
  async read(id) {
    return (await get("formats", id)) && {};
  },
  async update(_id, inputs) {
    await putFormat(inputs);
    return {};
  },
  async delete(id) {
    await remove("formats", id);
  },
});

async function putFormat(inputs: Inputs): Promise<void> {
  const { database: _database, schema: _schema, name: _name, formatType, nullIfs, ...options } = inputs;
  await put("formats", placed(inputs), { ...options, type: formatType, nullIf: nullIfs });
}
