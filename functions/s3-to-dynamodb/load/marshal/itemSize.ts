import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { significantDigits } from "./value";

/** 400 KB, names included. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * Bytes of an item by DynamoDB's rules.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

/** True when the item with this JSON is too large. The JSON is never shorter than the item, so most need no reading. */
export function isTooLarge(itemText: string): boolean {
  if (itemText.length * 3 <= MAX_ITEM_BYTES || Buffer.byteLength(itemText) <= MAX_ITEM_BYTES) return false;
  return itemBytes(JSON.parse(itemText) as Record<string, AttributeValue>) > MAX_ITEM_BYTES;
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  // Lists and maps: 3 bytes, and 1 for each element.
  if (value.L !== undefined) return value.L.reduce((sum, each) => sum + 1 + valueBytes(each), 3);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  return 1;
}

// Two digits a byte, without leading and trailing zeros, one byte for the exponent and one for a minus sign.
function numberBytes(text: string): number {
  const digits = text.replace(/[eE].*$/, "").replaceAll(/[-+.]/g, "");
  return Math.ceil(significantDigits(digits).count / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}
