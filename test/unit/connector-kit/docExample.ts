import { defineConnector, lambdaHandler } from "../../../functions/connector-kit";

interface Ticket {
  readonly id: number;
  readonly subject: string;
  readonly updated_at: string;
  readonly deleted: boolean;
}

interface TicketPage {
  readonly tickets: readonly Ticket[];
  /** Where the next page begins. */
  readonly after: string;
  readonly more: boolean;
}

export const connector = defineConnector<string>({
  schema: { tickets: { primaryKey: ["id"] } },

  async test({ secrets, signal }) {
    await get("/me", secrets.apiKey, signal);
  },

  async *pull(cursor, { secrets, startFrom = "2000-01-01", signal }) {
    let after = cursor ?? startFrom;
    for (let more = true; more; ) {
      const page = (await get(`/tickets?after=${after}`, secrets.apiKey, signal)) as TicketPage;
      if (page.tickets.length === 0) return;
      ({ after, more } = page);
      yield {
        upserts: { tickets: page.tickets.filter(({ deleted }) => !deleted) },
        deletes: { tickets: page.tickets.filter(({ deleted }) => deleted) },
        cursor: after,
      };
    }
  },
});

async function get(path: string, apiKey: unknown, signal: AbortSignal): Promise<unknown> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`https://api.example.com${path}`, { headers, signal });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

export const handler = lambdaHandler(connector);
