import type { LandingMeta } from "../../shared/contract";

/** The upload record's names, in the order of a landing line. */
export const META = [
  "_source",
  "_bucket",
  "_key",
  "_version",
  "_time",
  "_upload",
  "_record",
] as const satisfies readonly (keyof LandingMeta)[];

/** Names that no field of a record can have in an item. */
export const RESERVED: ReadonlySet<string> = new Set([...META, "_order", "pk", "sk"]);
