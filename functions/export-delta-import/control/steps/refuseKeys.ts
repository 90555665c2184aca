import { ExportRefused } from "../../shared/schema";
import { KEY_EXAMPLES } from "../../shared/sql";
import { importRequest } from "../request";
import { resultRows } from "../resultRows";

/**
 * Says what is wrong with an export's keys.
 * @throws ExportRefused always
 */
export async function refuseKeys(event: unknown): Promise<never> {
  const { input } = importRequest(event);
  const [duplicates, nulls] = [input.count("duplicateKeys"), input.count("nullRows")];
  const examples = resultRows(input.value("rows")).map((row) => {
    const { n, ...key } = row;
    const values = Object.values(key).map((value) => (value === undefined ? "NULL" : JSON.stringify(value)));
    return `(${values.join(", ")}) in ${n} row${n === "1" ? "" : "s"}`;
  });
  const problems = [
    ...(duplicates > 0 ? [`${duplicates} key${duplicates === 1 ? " is" : "s are"} in more than one row`] : []),
    ...(nulls > 0 ? [`${nulls} row${nulls === 1 ? " has" : "s have"} no complete key`] : []),
  ];
  throw new ExportRefused(
    `${problems.join(", and ")}, for example ${examples.slice(0, KEY_EXAMPLES).join("; ")}. Fix: export each row once and with its key, or set keyColumns to what is unique.`,
  );
}
