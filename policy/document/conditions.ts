/** Reads a statement's Condition: operator → key → values. */
import type { Condition, Conditions } from "../model/document";
import { asArray, describe, isRecord } from "../model/shape";
import { unknown } from "../model/unknown";

export interface ConditionReader {
  problem(message: string, fix: string): void;
  unknown(path: string): void;
}

export function readConditions(value: unknown, reader: ConditionReader): Conditions {
  if (value === undefined) return [];
  if (value === unknown) {
    reader.unknown("Condition");
    return [];
  }
  if (!isRecord(value)) {
    reader.problem(`its Condition is ${describe(value)}`, 'write {"StringEquals": {"aws:SourceAccount": "…"}}');
    return [];
  }
  return Object.entries(value).flatMap(([operator, keys]) => {
    const path = `Condition.${operator}`;
    if (keys === unknown) {
      reader.unknown(path);
      return [];
    }
    if (!isRecord(keys)) {
      reader.problem(`its ${path} is ${describe(keys)}`, "an operator holds an object of keys and values");
      return [];
    }
    return Object.entries(keys).map(([key, of]) => condition(operator, key, of, path, reader));
  });
}

function condition(operator: string, key: string, of: unknown, path: string, reader: ConditionReader): Condition {
  const { quantifier, test, ifExists } = splitOperator(operator);
  const values: string[] = [];
  let isPartlyUnknown = false;
  for (const each of asArray(of)) {
    if (each === unknown) {
      isPartlyUnknown = true;
      reader.unknown(`${path}.${key}`);
    } else if (typeof each === "object") {
      reader.problem(`its ${path}.${key} holds ${describe(each)}`, "it takes texts, numbers or booleans");
    } else values.push(String(each));
  }
  return { operator, quantifier, test, ifExists, key: key.toLowerCase(), written: key, values, isPartlyUnknown };
}

function splitOperator(operator: string): Pick<Condition, "quantifier" | "test" | "ifExists"> {
  const [, quantifier, test = operator, ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  return {
    quantifier: quantifier as Condition["quantifier"],
    test,
    ifExists: ifExists !== undefined,
  };
}
