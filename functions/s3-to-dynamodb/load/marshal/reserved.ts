import { META } from "../../shared/landingMeta";

/** Names that no field of a record can have in an item. */
export const RESERVED: ReadonlySet<string> = new Set([...META, "_order", "pk", "sk"]);
