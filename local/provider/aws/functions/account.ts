import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { ProviderFunction } from "../../core/resourceType";
import { region, sts } from "../clients";

export const getCallerIdentity: ProviderFunction = {
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  async call() {
    const { Account: accountId, Arn: arn, UserId: userId } = await sts().send(new GetCallerIdentityCommand({}));
    return { id: accountId, accountId, arn, userId };
  },
};

export const getRegion: ProviderFunction = {
  token: "aws:index/getRegion:getRegion",
  async call() {
    return {
      id: region,
      name: region,
      region,
      description: "US East (N. Virginia)",
      endpoint: `ec2.${region}.amazonaws.com`,
    };
  },
};

export const getPartition: ProviderFunction = {
  token: "aws:index/getPartition:getPartition",
  async call() {
    return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
  },
};

export const getAvailabilityZones: ProviderFunction = {
  token: "aws:index/getAvailabilityZones:getAvailabilityZones",
  async call() {
    const letters = ["a", "b", "c"];
    return {
      id: region,
      region,
      names: letters.map((letter) => `${region}${letter}`),
      zoneIds: letters.map((_, index) => `use1-az${index + 1}`),
      groupNames: [region],
    };
  },
};
