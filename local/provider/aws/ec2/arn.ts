import { account, region } from "../clients";

export function ec2Arn(kind: string, id: string): string {
  return `arn:aws:ec2:${region}:${account}:${kind}/${id}`;
}
