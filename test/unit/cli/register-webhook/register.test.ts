import assert from "node:assert/strict";
import { parseOptions } from "../../../../cli/register-webhook/options";
import { register, remove } from "../../../../cli/register-webhook/register";
import {
  type Answer,
  type ApiServer,
  apiServer,
  type Received,
} from "../../fivetran-dbt-orchestration/functions/apiServer";

const URL = "https://example.org/webhook";
const GROUP = { id: "w1", type: "group", group_id: "g", url: URL, events: ["sync_end"], active: false };

describe("Register the webhook", () => {
  let server: ApiServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  /** Registers against an API that has these webhooks. */
  async function run(webhooks: readonly object[], given: object = {}, test: object = { succeed: true, status: 200 }) {
    const answer = ({ method, path, body }: Received): Answer => {
      if (method === "GET") return { json: { data: { items: webhooks } } };
      if (path.endsWith("/test")) return { json: { data: test } };
      return { json: { data: { id: path.includes("w1") ? "w1" : "w-new", ...(body as object) } } };
    };
    server = await apiServer(answer);
    const lines: string[] = [];
    const request = { url: URL, groupId: "g", secret: async () => "hush", dryRun: false, ...given };
    const taken = await register(request, { fivetran: server.client().client, print: (line) => lines.push(line) });
    const calls = server.received.map(({ method, path, body }) => [
      method,
      path,
      ...(body === undefined ? [] : [body]),
    ]);
    return { taken, text: lines.join("\n"), calls };
  }
  const settings = { url: URL, events: ["sync_end"], active: true, secret: "hush" };

  it("O22: the webhook is removed, with others for the same address, and no one else's; again it is safe", async () => {
    let webhooks: readonly { readonly id: string }[] = [
      GROUP,
      { ...GROUP, id: "w2" },
      { ...GROUP, id: "w3", group_id: "another" },
    ];
    server = await apiServer(({ method, path }: Received): Answer => {
      if (method === "DELETE") webhooks = webhooks.filter(({ id }) => path !== `/v1/webhooks/${id}`);
      return { json: { data: { items: webhooks } } };
    });
    const lines: string[] = [];
    const ports = { fivetran: server.client().client, print: (line: string) => lines.push(line) };
    await remove({ url: URL, groupId: "g", dryRun: true }, ports);
    assert.equal(webhooks.length, 3, "a dry run changes nothing");
    await remove({ url: URL, groupId: "g", dryRun: false }, ports);
    assert.deepEqual(
      webhooks.map(({ id }) => id),
      ["w3"],
    );
    await remove({ url: URL, groupId: "g", dryRun: false }, ports);
    assert.deepEqual(lines, [
      "Would remove webhook w1.",
      "Would remove webhook w2.",
      `Webhook w1 removed: ${URL}`,
      `Webhook w2 removed: ${URL}`,
      `There is no webhook for ${URL}.`,
    ]);
  });

  it("O5: a webhook that isn't there is created for the group, and tested", async () => {
    const others = [
      { ...GROUP, url: "https://example.org/other" },
      { ...GROUP, group_id: "another" },
      { ...GROUP, type: "account" },
    ];
    const { taken, calls, text } = await run(others);
    assert.equal(taken, true);
    assert.deepEqual(calls, [
      ["GET", "/v1/webhooks"],
      ["POST", "/v1/webhooks/group/g", settings],
      ["POST", "/v1/webhooks/w-new/test", { event: "sync_end" }],
    ]);
    assert.match(text, /w-new for group g created/);
    assert.ok(!text.includes("hush"));
  });

  it("O5: one that is there is changed instead, with the secret as it is now; another of its kind is told", async () => {
    const { calls, text } = await run([GROUP, { ...GROUP, id: "w2" }]);
    assert.deepEqual(calls[1], ["PATCH", "/v1/webhooks/w1", settings]);
    assert.match(text, /Webhook w2 has the same address/);
  });

  it("O5: for the account, the account's webhook counts", async () => {
    const account = { ...GROUP, type: "account", group_id: null };
    const { calls } = await run([GROUP, { ...account, id: "w1" }], { groupId: undefined });
    assert.deepEqual(calls[1]?.slice(0, 2), ["PATCH", "/v1/webhooks/w1"]);
    await server?.close();
    assert.deepEqual((await run([GROUP], { groupId: undefined })).calls[1]?.[1], "/v1/webhooks/account");
  });

  it("O5: a test event that isn't taken is told with its status, and isn't success", async () => {
    const { taken, text } = await run([], {}, { succeed: false, status: 401, message: "Unauthorized" });
    assert.equal(taken, false);
    assert.match(text, /answered with 401 \(Unauthorized\)/);
  });

  it("O5: a dry run changes nothing", async () => {
    assert.deepEqual((await run([], { dryRun: true })).calls, [["GET", "/v1/webhooks"]]);
    await server?.close();
    assert.match((await run([GROUP], { dryRun: true })).text, /Would change webhook w1/);
  });
});

describe("Register the webhook: options", () => {
  const ARGS = ["--url", URL, "--group", "g", "--secret-arn", "arn:w", "--api-secret-arn", "arn:a"];
  const OUTPUTS = { webhookUrl: URL, groupId: "g", webhookSecretArn: "arn:w", apiSecretArn: "arn:a" };
  const expected = {
    url: URL,
    groupId: "g",
    webhookSecretArn: "arn:w",
    apiSecretArn: "arn:a",
    apiUrl: "https://api.fivetran.com",
    rotate: false,
    remove: false,
    dryRun: false,
  };

  it("O5: everything is given as arguments, or read from the stack's outputs", () => {
    assert.deepEqual(parseOptions(ARGS), expected);
    const read = () => JSON.stringify({ pipeline: OUTPUTS });
    assert.deepEqual(parseOptions(["--outputs", "f", "--component", "pipeline"], read), expected);
    const { groupId: _, ...account } = expected;
    assert.deepEqual(
      parseOptions(["--outputs", "f", "--account"], () => JSON.stringify(OUTPUTS)),
      account,
    );
    assert.equal(parseOptions(["--help"]), undefined);
    assert.equal(parseOptions([...ARGS, "--rotate"])?.rotate, true);
    assert.equal(parseOptions([...ARGS, "--remove"])?.remove, true);
    assert.throws(() => parseOptions([...ARGS, "--remove", "--rotate"]), /exclude each other/);
    const local = parseOptions([...ARGS, "--api-url", "http://127.0.0.1:8080"]);
    assert.equal(local?.apiUrl, "http://127.0.0.1:8080");
  });

  it("O5: mistakes are told with the argument and what to give", () => {
    const wrong: readonly (readonly [string[], RegExp])[] = [
      [[], /--url is missing: give it, or --outputs/],
      [["--outputs", "f"], /--url is missing and not in f either/],
      [["--url", "http://example.org"], /--url http:\/\/example.org isn't an HTTPS address/],
      [["--url", "nonsense"], /isn't an HTTPS address/],
      [[...ARGS, "--api-url", "http://api.example.org"], /--api-url/],
      [[...ARGS, "--account"], /exclude each other/],
      [["--nonsense"], /--nonsense/],
      [["--outputs", "f", "--component", "x"], /--component x isn't an object in f/],
    ];
    for (const [args, message] of wrong) {
      assert.throws(() => parseOptions(args, () => "{}"), { name: "UsageError", message });
    }
    assert.throws(() => parseOptions(["--outputs", "f"], () => "{"), { name: "UsageError", message: /--outputs f/ });
  });
});
