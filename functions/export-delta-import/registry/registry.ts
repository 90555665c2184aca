import { type ExportKey, tableId } from "../shared/exportKey";
import {
  type FileEntry,
  fileKey,
  filePrefix,
  type HeadEntry,
  headKey,
  type RefusedEntry,
  type VersionEntry,
  versionKey,
} from "./entries";
import { type Lease, LeaseLost, type LockPorts, retryLater } from "./lock";
import { isOpen, lateReason } from "./readiness";
import type { Change, Store, Stored } from "./store";

/** Days for which refused objects are kept in the registry. */
const REFUSED_DAYS = 90;
const NO_HEAD: HeadEntry = { version: "", order: "" };

/** What became of an object that an event named. */
export type Registered =
  | { readonly state: "accepted" | "known" | "overtaken"; readonly version: VersionEntry }
  | { readonly state: "refused"; readonly reason: string };

export type RegistryPorts = Pick<LockPorts, "now" | "pause"> & { readonly store: Store };

/** Versions of exports, their files, and what the target is at. */
export class Registry {
  constructor(private readonly ports: RegistryPorts) {}

  /** Enters a file of a version; what is known already stays as it is. */
  file(key: ExportKey, file: FileEntry): Promise<Registered> {
    return this.receive(key, file, (version) => version);
  }

  /** Enters the names of a version's files, as its manifest has them. */
  manifest(key: ExportKey, file: FileEntry, expected: readonly string[]): Promise<Registered> {
    return this.receive(key, file, (version) => ({ ...version, expected }));
  }

  private async receive(
    key: ExportKey,
    file: FileEntry,
    change: (version: VersionEntry) => VersionEntry,
  ): Promise<Registered> {
    const pk = tableId(key);
    for (let attempt = 0; ; attempt++) {
      const [before, known, head] = await Promise.all([
        this.ports.store.get<VersionEntry>(versionKey(pk, key.order)),
        this.ports.store.get<FileEntry>(fileKey(pk, key.order, key.file)),
        this.head(pk),
      ]);
      if (before !== undefined && before.item.version !== key.version) {
        const reason = `Version ${key.version} has the order of version ${before.item.version}. Fix: write a version in one way only.`;
        return { state: "refused", reason };
      }
      if (known !== undefined && before !== undefined) {
        if (known.item.etag === file.etag) return { state: "known", version: before.item };
        if (isOlder(file, known.item)) return { state: "overtaken", version: before.item };
      }
      const refusal = lateReason(key, head.item) ?? (before && busyReason(before.item, head.item, key.file));
      if (refusal !== undefined) return { state: "refused", reason: refusal };
      const version = change(this.received(key, before?.item));
      const written = await this.ports.store.write([
        { key: versionKey(pk, key.order), revision: before?.revision ?? 0, item: version },
        { key: fileKey(pk, key.order, key.file), revision: known?.revision ?? 0, item: file },
      ]);
      if (written) return { state: "accepted", version };
      await retryLater(this.ports, attempt, `Version ${key.version} of ${pk}`);
    }
  }

  /** A version that was refused or has failed begins anew with its new file. */
  private received({ tenant, table, version, order }: ExportKey, before: VersionEntry | undefined): VersionEntry {
    const now = this.ports.now();
    return {
      tenant,
      table,
      version,
      order,
      status: "receiving",
      lastFileAt: now,
      receivedAt: before?.receivedAt ?? new Date(now).toISOString(),
      attempts: before?.attempts ?? 0,
      expected: before?.expected,
    };
  }

  /** Keeps an object that belongs to no version, with the reason. */
  async refuse(refused: Omit<RefusedEntry, "at">): Promise<void> {
    const now = this.ports.now();
    const item: RefusedEntry = { ...refused, at: new Date(now).toISOString() };
    const key = { pk: "#refused", sk: `${item.at}#${refused.key}#${refused.etag}`.slice(0, 1_000) };
    const expiresAt = Math.floor(now / 1_000) + REFUSED_DAYS * 86_400;
    // The same event again at the same moment finds its own words there.
    await this.ports.store.write([{ key, revision: 0, item, expiresAt }]);
  }

  async head(pk: string): Promise<Stored<HeadEntry>> {
    return (await this.ports.store.get<HeadEntry>(headKey(pk))) ?? { item: NO_HEAD, revision: 0 };
  }

  async version(pk: string, order: string): Promise<VersionEntry | undefined> {
    return (await this.ports.store.get<VersionEntry>(versionKey(pk, order)))?.item;
  }

  versions(pk: string): Promise<Stored<VersionEntry>[]> {
    return this.ports.store.query<VersionEntry>(pk, "version#");
  }

  async files(pk: string, order: string): Promise<FileEntry[]> {
    return (await this.ports.store.query<FileEntry>(pk, filePrefix(order))).map(({ item }) => item);
  }

  /**
   * Gives a version to an import, if it is as it was read.
   * @param resumed the target is on its way to the version: what was found out about it stays
   * @returns undefined when a file has come meanwhile, or another import has taken it
   */
  async take(
    lease: Lease,
    { item, revision }: Stored<VersionEntry>,
    resumed: boolean,
  ): Promise<VersionEntry | undefined> {
    if ((item.token ?? 0) > lease.token) return undefined;
    const { tenant, table, version, order, lastFileAt, expected, receivedAt, attempts } = item;
    const taken: VersionEntry = {
      ...(resumed ? item : { tenant, table, version, order, lastFileAt, expected, receivedAt }),
      status: resumed ? "publishing" : "importing",
      attempts: attempts + 1,
      reason: undefined,
      startedAt: new Date(this.ports.now()).toISOString(),
      execution: lease.owner,
      token: lease.token,
    };
    const key = versionKey(lease.pk, order);
    return (await this.ports.store.write([{ key, revision, item: taken }])) ? taken : undefined;
  }

  /**
   * Changes the version that an import has.
   * @throws LeaseLost when it is another's by now, or has ended
   */
  change(lease: Lease, order: string, to: (version: VersionEntry) => VersionEntry): Promise<VersionEntry> {
    return this.changeWith(lease, order, async (version) => ({ version: to(open(version, lease)), others: [] }));
  }

  /** Ends the version that an import has; one that has ended is ended again. @throws LeaseLost */
  end(lease: Lease, order: string, to: (version: VersionEntry) => VersionEntry): Promise<VersionEntry> {
    return this.changeWith(lease, order, async (version) => ({ version: to(version), others: [] }));
  }

  /** From now on the target is on its way to the version, until it is there. @throws LeaseLost */
  beginPublishing(lease: Lease, order: string): Promise<VersionEntry> {
    return this.changeWith(lease, order, async (version) => {
      const head = await this.head(lease.pk);
      const item: HeadEntry = { ...head.item, publishing: order };
      return {
        version: { ...open(version, lease), status: "publishing", approval: withoutToken(version) },
        others: [{ key: headKey(lease.pk), revision: head.revision, item }],
      };
    });
  }

  /** The target is at the version. @throws LeaseLost */
  imported(lease: Lease, order: string, found: Partial<VersionEntry>): Promise<VersionEntry> {
    return this.changeWith(lease, order, async (version) => {
      const head = await this.head(lease.pk);
      const item: HeadEntry = { version: version.version, order };
      const finishedAt = new Date(this.ports.now()).toISOString();
      return {
        version: { ...version, ...found, status: "imported", finishedAt },
        others: [{ key: headKey(lease.pk), revision: head.revision, item }],
      };
    });
  }

  private async changeWith(
    lease: Lease,
    order: string,
    to: (version: VersionEntry) => Promise<{ readonly version: VersionEntry; readonly others: readonly Change[] }>,
  ): Promise<VersionEntry> {
    const key = versionKey(lease.pk, order);
    for (let attempt = 0; ; attempt++) {
      const found = await this.ports.store.get<VersionEntry>(key);
      if (found?.item.execution !== lease.owner || found.item.token !== lease.token) {
        throw new LeaseLost(`Version ${order} of ${lease.pk} isn't ${lease.owner}'s (token ${lease.token}) any more.`);
      }
      const { version, others } = await to(found.item);
      if (await this.ports.store.write([{ key, revision: found.revision, item: version }, ...others])) return version;
      await retryLater(this.ports, attempt, `Version ${order} of ${lease.pk}`);
    }
  }

  /** Ends the open versions that came after a newer one was imported. */
  async refuseLate(pk: string, head: HeadEntry, versions: readonly Stored<VersionEntry>[]): Promise<void> {
    for (const { item, revision } of versions) {
      const reason = isOpen(item) ? lateReason(item, head) : undefined;
      if (reason === undefined) continue;
      const refused: VersionEntry = { ...item, status: "refused", reason };
      // Written meanwhile: the next import looks again.
      await this.ports.store.write([{ key: versionKey(pk, item.order), revision, item: refused }]);
    }
  }

  /** Notes that a version's parts are gone. */
  async partsRemoved(pk: string, { item, revision }: Stored<VersionEntry>): Promise<void> {
    const key = versionKey(pk, item.order);
    await this.ports.store.write([{ key, revision, item: { ...item, removed: true } }]);
  }

  /** Notes what reading a file gave. @throws LeaseLost */
  async fileRead(lease: Lease, order: string, file: string, read: FileEntry["read"]): Promise<void> {
    const key = fileKey(lease.pk, order, file);
    for (let attempt = 0; ; attempt++) {
      const found = await this.ports.store.get<FileEntry>(key);
      if (found === undefined || (found.item.read?.token ?? 0) > lease.token) {
        throw new LeaseLost(`File ${file} of ${lease.pk} was read by a later import than token ${lease.token}.`);
      }
      if (await this.ports.store.write([{ key, revision: found.revision, item: { ...found.item, read } }])) return;
      await retryLater(this.ports, attempt, `File ${file} of ${lease.pk}`);
    }
  }
}

/**
 * What an invocation that was given up writes after its import was stopped would leave the version half-way, with nobody
 * at work on it.
 */
function open(version: VersionEntry, { pk, owner }: Lease): VersionEntry {
  if (version.status === "failed" || version.status === "refused") {
    throw new LeaseLost(`The import of version ${version.version} of ${pk} by ${owner} has ended: ${version.reason}`);
  }
  return version;
}

/** S3's sequencers: hexadecimal of varying length; the longer one's missing digits are zeros. */
function isOlder(file: FileEntry, known: FileEntry): boolean {
  if (file.sequencer === "" || known.sequencer === "") return false;
  const length = Math.max(file.sequencer.length, known.sequencer.length);
  const padded = (text: string): string => text.toUpperCase().padStart(length, "0");
  return padded(file.sequencer) < padded(known.sequencer);
}

/** A target that is between two versions has to reach the second one with the content that was compared. */
function busyReason(version: VersionEntry, head: HeadEntry, file: string): string | undefined {
  const { status, order } = version;
  const isFree = status === "receiving" || ((status === "refused" || status === "failed") && order !== head.publishing);
  return isFree ? undefined : begunReason(version, file);
}

function begunReason({ version, status }: VersionEntry, file: string): string {
  return `File ${file} came when the import of its version ${version} had begun (${status}). Fix: upload it under a new version; for several files a version set settleSeconds or a manifest.`;
}

/** An answered token is of use to nobody. */
function withoutToken({ approval }: VersionEntry): VersionEntry["approval"] {
  return approval === undefined ? undefined : { ...approval, taskToken: "" };
}
