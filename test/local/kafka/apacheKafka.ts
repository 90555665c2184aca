/** A broker of Apache Kafka itself, of Maven Central, as a process on loopback. */
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, existsSync } from "node:fs";
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { delimiter, join } from "node:path";
import { freePort } from "../../../local/processes/freePort";
import { runCommand } from "../../../local/setup/command";
import { localFolder, logFolder } from "../../../local/setup/paths";
import { until } from "./harness";

export const apacheVersion = "4.3.1";
export const user = { username: "sink", password: "open sesame" };

/** What has to be there: Maven fetches the broker, Java runs it, OpenSSL makes its certificates. */
export const programs = ["java", "mvn", "openssl"];

/** What is missing on this machine; undefined: nothing. */
export function missingForApache(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return programs.find((program) => !folders.some((folder) => existsSync(join(folder, program))));
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${apacheVersion}</version>
</dependency></dependencies></project>
`;

/** @returns the folder with the jars, fetched once */
async function ensureJars(): Promise<string> {
  const folder = join(localFolder, `apache-kafka-${apacheVersion}`);
  const exists = await access(folder).then(
    () => true,
    () => false,
  );
  if (exists) return folder;
  const unfinished = await mkdtemp(`${folder}-`);
  await writeFile(join(unfinished, "pom.xml"), pom);
  const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
  await runCommand("mvn", ["-q", "-B", goal, "-DincludeScope=runtime", "-DoutputDirectory=."], { cwd: unfinished });
  await rename(unfinished, folder);
  return folder;
}

/** Files in PEM: an authority, the broker's certificate, and a client's. */
export interface Certificates {
  readonly authority: string;
  readonly client: { readonly certificate: string; readonly key: string };
}

export class ApacheKafka {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly jars: string,
    readonly ports: Readonly<Record<"plain" | "sasl" | "tls", number>>,
    readonly certificates: Certificates,
  ) {}

  /** Formats a log folder with one user for SCRAM, and starts the broker on it. */
  static async start(): Promise<ApacheKafka> {
    const jars = await ensureJars();
    const folder = await mkdtemp(join(localFolder, "apache-kafka-data-"));
    const ports = { plain: await freePort(), sasl: await freePort(), tls: await freePort() };
    const certificates = await certify(folder);
    await writeFile(join(folder, "server.properties"), await properties(folder, ports, await freePort()));
    const scram = `SCRAM-SHA-512=[name=${user.username},password=${user.password}]`;
    const args = ["format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", join(folder, "server.properties"), "-S", scram];
    await runCommand("java", ["-cp", join(jars, "*"), "kafka.tools.StorageTool", ...args]);
    const kafka = new ApacheKafka(folder, jars, ports, certificates);
    await kafka.up();
    return kafka;
  }

  get addresses(): string[] {
    return [`127.0.0.1:${this.ports.plain}`];
  }

  async up(): Promise<void> {
    await mkdir(logFolder, { recursive: true });
    const options = ["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
    const main = ["-cp", join(this.jars, "*"), "kafka.Kafka", join(this.folder, "server.properties")];
    const child = spawn("java", [...options, ...main], { stdio: ["ignore", "pipe", "pipe"] });
    const log = createWriteStream(join(logFolder, "apache-kafka.log"), { flags: "a" });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    this.child = child;
    process.once("exit", () => child.kill("SIGKILL"));
    const isUp = () =>
      new Promise<boolean>((resolve) => {
        const socket = createConnection(this.ports.tls, "127.0.0.1", () => socket.end(() => resolve(true)));
        socket.once("error", () => resolve(false));
      });
    await until(isUp, "Apache Kafka answers", 90_000);
  }

  /** Ends it as a power failure would. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function certify(folder: string): Promise<Certificates> {
  const openssl = (...args: string[]) => runCommand("openssl", args, { cwd: folder });
  const key = (name: string) => ["-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-subj", `/CN=${name}`];
  await openssl("req", "-x509", "-days", "2", ...key("authority"), "-out", "authority.pem");
  await writeFile(join(folder, "names.cnf"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  for (const name of ["broker", "client"]) {
    await openssl("req", ...key(name), "-out", `${name}.csr`);
    const signed = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "2"];
    await openssl("x509", "-req", "-in", `${name}.csr`, ...signed, "-extfile", "names.cnf", "-out", `${name}.pem`);
  }
  const read = (file: string) => readFile(join(folder, file), "utf8");
  return {
    authority: await read("authority.pem"),
    client: { certificate: await read("client.pem"), key: await read("client.key") },
  };
}

async function properties(
  folder: string,
  { plain, sasl, tls }: ApacheKafka["ports"],
  controller: number,
): Promise<string> {
  const oneLine = async (file: string) => (await readFile(join(folder, file), "utf8")).trim().replaceAll("\n", "\\n");
  const { username, password } = user;
  const listeners = `PLAINTEXT://127.0.0.1:${plain},SASL://127.0.0.1:${sasl},TLS://127.0.0.1:${tls}`;
  const module = (name: string) => `org.apache.kafka.common.security.${name} required`;
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=${listeners},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=${listeners}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_SSL,TLS:SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=${module("plain.PlainLoginModule")} user_${username}="${password}";
listener.name.sasl.scram-sha-512.sasl.jaas.config=${module("scram.ScramLoginModule")};
ssl.keystore.type=PEM
ssl.keystore.certificate.chain=${await oneLine("broker.pem")}
ssl.keystore.key=${await oneLine("broker.key")}
ssl.truststore.type=PEM
ssl.truststore.certificates=${await oneLine("authority.pem")}
listener.name.tls.ssl.client.auth=required
log.dirs=${join(folder, "data")}
num.partitions=6
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
`;
}
