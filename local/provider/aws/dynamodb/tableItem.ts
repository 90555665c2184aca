import { type AttributeValue, DeleteItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { document, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { dynamodb } from "../clients";
import { found, unlessGone } from "../errors";

export const tableItem = defineResource({
  type: "aws:dynamodb/tableItem:TableItem",
  properties: {
    tableName: text({ required: true, replaces: true }),
    hashKey: text({ required: true, replaces: true }),
    rangeKey: text({ replaces: true }),
    // Replaced, since a change may be one of the key.
    item: document({ required: true, replaces: true }),
  },
  async create(inputs) {
    await dynamodb().send(new PutItemCommand({ TableName: inputs.tableName, Item: parsed(inputs.item) }));
    const key = keyOf(inputs);
    return { id: [inputs.tableName, ...Object.values(key).map((value) => JSON.stringify(value))].join("|") };
  },
  async read(_id, state) {
    const seen = await found(() =>
      dynamodb().send(new GetItemCommand({ TableName: state.tableName, Key: keyOf(state), ConsistentRead: true })),
    );
    return seen?.Item && {};
  },
  async delete(_id, state) {
    await unlessGone(() => dynamodb().send(new DeleteItemCommand({ TableName: state.tableName, Key: keyOf(state) })));
  },
});

type Item = Record<string, AttributeValue>;

function parsed(item: string): Item {
  return JSON.parse(item) as Item;
}

function keyOf(inputs: { hashKey: string; rangeKey?: string; item: string }): Item {
  const item = parsed(inputs.item);
  const names = [inputs.hashKey, ...(inputs.rangeKey === undefined ? [] : [inputs.rangeKey])];
  return Object.fromEntries(
    names.map((name) => {
      const value = item[name];
      if (!value) throw new Error(`the item has no attribute ${name}, which is part of the table's key`);
      return [name, value];
    }),
  );
}
