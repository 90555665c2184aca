import { type AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { WaitTable } from "../../../../functions/fivetran-dbt-orchestration/waits/waits";
import { reservedIn } from "../../reservedWords";

type Item = Record<string, AttributeValue>;

interface Input {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConsistentRead?: boolean;
  readonly ReturnValues?: string;
  readonly KeyConditionExpression?: string;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly ExclusiveStartKey?: Item;
}

/** A table in memory that evaluates conditions as DynamoDB does, as far as the waits use them; two items a page. */
export class MemoryTable extends DynamoDBClient {
  readonly items = new Map<string, Item>();
  /** Operations in their order, for example `PutItem`. */
  readonly sent: string[] = [];

  constructor() {
    super({ region: "us-east-1" });
  }

  override async send(command: unknown): Promise<never> {
    const { input } = command as { readonly input: Input };
    const operation = (command as object).constructor.name.replace("Command", "");
    this.sent.push(operation);
    return (await this.perform(operation, input)) as never;
  }

  /** The sort keys that are there, in order. */
  keys(): string[] {
    return [...this.items.values()].map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).sort();
  }

  private async perform(operation: string, input: Input): Promise<object> {
    for (const expression of [input.KeyConditionExpression, input.ConditionExpression, input.UpdateExpression]) {
      const [word] = reservedIn(expression ?? "");
      if (word === undefined) continue;
      throw Object.assign(new Error(`${word} is a reserved word`), { name: "ValidationException" });
    }
    const key = nameOf(input.Key ?? input.Item ?? {});
    const present = this.items.get(key);
    if (operation === "GetItem" || operation === "Query") {
      // An eventually consistent read may show what was before.
      if (input.ConsistentRead !== true) return operation === "GetItem" ? {} : { Items: [] };
      return operation === "GetItem" ? { Item: present } : this.query(input);
    }
    if (input.ConditionExpression !== undefined && !holds(input.ConditionExpression, present ?? {}, input)) {
      throw Object.assign(new Error("refused"), { name: "ConditionalCheckFailedException" });
    }
    if (operation === "PutItem") this.items.set(key, { ...input.Item });
    else if (operation === "DeleteItem") this.items.delete(key);
    else if (operation === "UpdateItem") this.items.set(key, { ...input.Key, ...present, ...assignments(input) });
    else throw new Error(`${operation} is nothing that the waits use`);
    return input.ReturnValues === "ALL_OLD" ? { Attributes: present } : {};
  }

  private query(input: Input): object {
    const found = [...this.items.entries()]
      .filter(([, item]) => holds(input.KeyConditionExpression ?? "", item, input))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const start = input.ExclusiveStartKey === undefined ? "" : nameOf(input.ExclusiveStartKey);
    const rest = found.filter(([key]) => key > start);
    const page = rest.slice(0, 2).map(([, item]) => item);
    const last = page.at(-1);
    return { Items: page, ...(rest.length > 2 && last ? { LastEvaluatedKey: { pk: last.pk, sk: last.sk } } : {}) };
  }
}

export function memoryWaits(): { readonly table: MemoryTable; readonly waits: WaitTable } {
  const table = new MemoryTable();
  return { table, waits: new WaitTable(table, "waits") };
}

function nameOf({ pk, sk }: Item): string {
  return JSON.stringify([pk?.S, sk?.S]);
}

function assignments({ UpdateExpression = "", ...input }: Input): Item {
  const pairs = UpdateExpression.replace("SET ", "").split(", ");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = "", value = ""] = pair.split(" = ");
      return [
        input.ExpressionAttributeNames?.[name] ?? name,
        input.ExpressionAttributeValues?.[value] ?? { NULL: true },
      ];
    }),
  );
}

/** OR binds less than AND; brackets hold one more such expression. */
function holds(expression: string, item: Item, input: Input): boolean {
  const bracketed = /^(.*?)(^|\s)\(([^()]*(?:\([^()]*\)[^()]*)*)\)(.*)$/.exec(expression);
  if (bracketed !== null) {
    const [, before = "", space = "", inner = "", after = ""] = bracketed;
    return holds(`${before}${space}${holds(inner, item, input)}${after}`, item, input);
  }
  return expression
    .split(" OR ")
    .some((part) => part.split(" AND ").every((comparison) => isTrue(comparison.trim(), item, input)));
}

function isTrue(comparison: string, item: Item, input: Input): boolean {
  if (comparison === "true" || comparison === "false") return comparison === "true";
  const attribute = (name: string): string | undefined => item[input.ExpressionAttributeNames?.[name] ?? name]?.S;
  const given = (name: string): string => input.ExpressionAttributeValues?.[name]?.S ?? "";
  const call = /^(\w+)\(([#\w]+)(?:, (:\w+))?\)$/.exec(comparison);
  if (call !== null) {
    const value = attribute(call[2] ?? "");
    if (call[1] === "attribute_not_exists") return value === undefined;
    if (call[1] === "begins_with") return value?.startsWith(given(call[3] ?? "")) ?? false;
  }
  const [, name = "", operator, other = ""] = /^([#\w]+) (=|<=) (:\w+)$/.exec(comparison) ?? [];
  const value = attribute(name);
  if (operator === "=") return value === given(other);
  if (operator === "<=") return value !== undefined && value <= given(other);
  throw new Error(`The table in memory doesn't know ${comparison}`);
}
