import { type Connector, type ConnectorContext, ConnectorError, defineConnector, type Row } from "..";
import { SourceClient, type SourcePage, type Wait } from "./sourceClient";

/** Number of the last change that is handed over, by table. */
export type ExampleCursor = Readonly<Record<Table, number>>;

type Table = (typeof tables)[number];

const tables = ["airports", "flights"] as const;

/** Airports and flights of a REST API. @param waitFor how it waits between two tries */
export function exampleConnector(waitFor?: Wait): Connector<ExampleCursor> {
  return defineConnector<ExampleCursor>({
    schema: { airports: { primaryKey: ["id"] }, flights: { primaryKey: ["id"] } },

    async test(context) {
      await sourceClient(context, waitFor).signIn();
    },

    async *pull(cursor, context) {
      const client = sourceClient(context, waitFor);
      let at = cursor ?? beginning(context.startFrom);
      for (const table of tables) {
        for (let more = true; more; ) {
          const page = await client.page(table, { after: String(at[table]) });
          more = page.has_more;
          if (page.items.length === 0) break;
          at = { ...at, [table]: page.next };
          yield { ...changesOf(table, page), cursor: at };
        }
      }
    },
  });
}

function changesOf(table: Table, { items }: SourcePage) {
  const upserts: Row[] = [];
  const deletes: Row[] = [];
  for (const { deleted, ...row } of items) (deleted ? deletes : upserts).push(row);
  return { upserts: { [table]: upserts }, deletes: { [table]: deletes } };
}

/** A historical load may leave out changes that are known to be of no use. */
function beginning(startFrom = "0"): ExampleCursor {
  const change = Number(startFrom);
  if (!Number.isInteger(change) || change < 0) {
    throw new ConnectorError(`startFrom is ${JSON.stringify(startFrom)}. Give a change number of the source, from 0.`);
  }
  return { airports: change, flights: change };
}

function sourceClient(context: ConnectorContext, waitFor?: Wait): SourceClient {
  const { apiUrl } = context.payload;
  if (typeof apiUrl !== "string" || !URL.canParse(apiUrl)) {
    throw new ConnectorError(
      "apiUrl of the custom payload isn't a URL. Enter the source's address in Fivetran's form.",
    );
  }
  const { clientId, clientSecret } = context.secrets;
  if (typeof clientId !== "string" || typeof clientSecret !== "string") {
    throw new ConnectorError("The secrets clientId and clientSecret are missing. Enter both in Fivetran's form.");
  }
  return new SourceClient(apiUrl, { clientId, clientSecret }, context, waitFor);
}
