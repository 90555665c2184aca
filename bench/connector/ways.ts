import { answer, type Connector, clockOf, type Row } from "../../functions/connector-kit/core";

type Source = () => AsyncIterable<readonly Row[]>;

const MINUTE = 60_000;
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Requests until the source has no more, each answer as the text that Lambda makes of it. @returns rows */
export async function throughKit(source: Source, asFile = false): Promise<number> {
  let page = 0;
  const connector: Connector<number> = {
    schema: { flights: { primaryKey: ["id"] } },
    test: async () => undefined,
    async *pull() {
      for await (const flights of source()) yield { upserts: { flights }, cursor: ++page };
    },
  };
  const target = asFile ? { bucket: "bench", file: "rows.json" } : {};
  let rows = 0;
  let bytes = 0;
  const response = await answer(
    connector as unknown as Connector,
    { agent: "bench", state: {}, secrets: { key: "not-a-secret" }, ...target },
    {
      log,
      clock: clockOf(() => MINUTE),
      putFile: async (_bucket, _file, text) => {
        bytes += Buffer.byteLength(text);
      },
      count: ({ RowsUpserted }) => {
        rows = RowsUpserted;
      },
    },
  );
  bytes += Buffer.byteLength(JSON.stringify(response));
  if (response.hasMore || bytes < 1_000_000) throw new Error("The sample is to go out in one answer.");
  return rows;
}

/** The usual way: one array of everything, no key looked at, no byte counted. @returns rows */
export async function throughPlainHandler(source: Source): Promise<number> {
  const flights: Row[] = [];
  for await (const page of source()) flights.push(...page);
  const response = {
    state: { cursor: flights.length },
    insert: { flights },
    schema: { flights: { primary_key: ["id"] } },
    hasMore: false,
  };
  if (Buffer.byteLength(JSON.stringify(response)) < 1_000_000) throw new Error("The sample is too small.");
  return flights.length;
}
