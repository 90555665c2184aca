/** A connector with one table, written with the kit: two pages, then the cursor says that nothing is new. */
import { defineConnector, lambdaHandler } from "pulumi-data-pipelines/connector-kit";

const pages = [[{ id: 1, name: "Ada" }], [{ id: 2, name: "Grace" }]];

export const handler = lambdaHandler(
  defineConnector({
    schema: { people: { primaryKey: ["id"] } },
    test: async () => undefined,
    pull: async function* (cursor) {
      for (let page = Number(cursor ?? 0); page < pages.length; page += 1) {
        yield { upserts: { people: pages[page] ?? [] }, cursor: page + 1 };
      }
    },
  }),
);
