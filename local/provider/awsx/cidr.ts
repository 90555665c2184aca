/** Divides a VPC's range: a block for each zone, in it a block for each kind of subnet. */

export interface SubnetSize {
  readonly type: string;
  /** Length of the prefix. @default an even share of the zone */
  readonly cidrMask?: number;
}

/** @returns by zone, by spec, the CIDR. @throws Error when they don't fit */
export function divide(cidr: string, zones: number, specs: readonly SubnetSize[]): string[][] {
  const [address = "", length = "16"] = cidr.split("/");
  const zoneMask = Number(length) + bitsFor(zones);
  const share = zoneMask + bitsFor(specs.length);
  const start = toNumber(address);
  return Array.from({ length: zones }, (_, zone) => {
    const from = start + zone * sizeOf(zoneMask);
    let next = from;
    return specs.map(({ type, cidrMask = share }) => {
      const size = sizeOf(cidrMask);
      const own = Math.ceil((next - from) / size) * size + from;
      next = own + size;
      if (cidrMask > 28 || next > from + sizeOf(zoneMask)) {
        throw new Error(`awsx:ec2:Vpc: the ${type} subnet /${cidrMask} doesn't fit into ${cidr} in ${zones} zones`);
      }
      return `${toAddress(own)}/${cidrMask}`;
    });
  });
}

function bitsFor(count: number): number {
  return Math.ceil(Math.log2(Math.max(count, 1)));
}

function sizeOf(mask: number): number {
  return 2 ** (32 - mask);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
