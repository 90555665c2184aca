import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getAuthorizationToken } from "../../../../local/provider/aws/functions/ecr";
import { LocalProvider } from "../../../../local/provider/core/provider";
import { image } from "../../../../local/provider/dockerBuild/image";

const urn = "urn:pulumi:test::p::docker-build:index:Image::dbt";
const repository = "000000000000.dkr.ecr.us-east-1.amazonaws.com/dbt";
const digest = /@sha256:[0-9a-f]{64}$/;
/** As the engine sends a secret. */
const secret = (value: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

describe("an image of the local docker-build", () => {
  let server: Server;
  let folder: string;
  let noted: { uri: string; context: string }[];
  const earlier = process.env.LOCAL_AWS_ENDPOINT;

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.setHeader("content-type", "application/x-amz-json-1.1");
        if (request.url === "/_local/images") {
          noted.push(JSON.parse(Buffer.concat(chunks).toString()));
          response.end("{}");
        } else {
          const authorizationToken = Buffer.from("AWS:to:ken").toString("base64");
          response.end(
            JSON.stringify({ authorizationData: [{ authorizationToken, expiresAt: 1, proxyEndpoint: "p" }] }),
          );
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env.LOCAL_AWS_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    if (earlier === undefined) delete process.env.LOCAL_AWS_ENDPOINT;
    else process.env.LOCAL_AWS_ENDPOINT = earlier;
  });
  beforeEach(() => {
    noted = [];
    folder = mkdtempSync(join(tmpdir(), "image-"));
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const provider = new LocalProvider({
    name: "docker-build",
    version: "0.0.14",
    folder: "local/provider/dockerBuild",
    resources: [image],
    functions: [getAuthorizationToken],
  });
  const make = async (given: object) => {
    const { inputs, failures } = await provider.check(
      urn,
      {},
      {
        context: { location: folder },
        dockerfile: { location: join(folder, "Dockerfile") },
        platforms: ["linux/amd64"],
        ...given,
      },
    );
    assert.deepEqual(failures ?? [], []);
    return provider.create(urn, inputs);
  };
  const byDigest = {
    exports: [{ registry: { names: [repository], pushByDigest: true } }],
    push: false,
    registries: [{ address: repository, username: "AWS", password: secret("token") }],
  };

  it("O18: pushed by its digest it is known by that alone, and other content by another", async () => {
    const { outs } = await make(byDigest);
    const [first] = noted;
    assert.match(first?.uri ?? "", digest);
    assert.equal(first?.uri, `${repository}@${outs.digest}`);
    assert.equal(first?.context, folder);
    writeFileSync(join(folder, "a.sql"), "select 1");
    const other = await make(byDigest);
    assert.notEqual(other.outs.digest, outs.digest);
    rmSync(join(folder, "a.sql"));
    assert.equal((await make(byDigest)).outs.digest, outs.digest, "going back is a build like any other");
  });

  it("O18: what the real one refuses is refused: a push without tag or name", async () => {
    await assert.rejects(make({ push: true }), /at least one tag or export name is needed/);
    await assert.rejects(make({ exports: [{ registry: { names: [], pushByDigest: true } }] }), /at least one tag/);
    assert.deepEqual(noted, []);
  });

  it("O18: a tag goes with push, as awsx's image has it", async () => {
    await make({ tags: [`${repository}:1`], push: true });
    assert.match(noted[0]?.uri ?? "", digest);
    assert.ok(noted[0]?.uri.startsWith(`${repository}:1@`));
  });

  it("O18: the registry's sign-in is told in its parts", async () => {
    const { outputs } = await provider.invoke("aws:ecr/getAuthorizationToken:getAuthorizationToken", {});
    assert.deepEqual([outputs?.userName, outputs?.password], ["AWS", "to:ken"]);
  });
});
