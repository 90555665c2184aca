import { block, number, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";

/** Application Auto Scaling isn't in the local cloud: what is asked for is checked and kept in the state; nothing scales. */
const place = {
  serviceNamespace: text({ required: true, replaces: true }),
  scalableDimension: text({ required: true, replaces: true }),
  resourceId: text({ required: true, replaces: true }),
};

interface Place {
  readonly serviceNamespace: string;
  readonly scalableDimension: string;
  readonly resourceId: string;
}

function idOf({ serviceNamespace, resourceId, scalableDimension }: Place): string {
  if (serviceNamespace !== "ecs" || !/^service\/[^/]+\/[^/]+$/.test(resourceId)) {
    throw new Error(`ValidationException: ${serviceNamespace} ${resourceId}: give ecs and service/<cluster>/<service>`);
  }
  if (scalableDimension !== "ecs:service:DesiredCount") {
    throw new Error(`ValidationException: Unsupported service namespace, resource type or scalable dimension`);
  }
  return `${serviceNamespace}/${resourceId}/${scalableDimension}`;
}

export const scalingTarget = defineResource({
  type: "aws:appautoscaling/target:Target",
  properties: {
    ...place,
    minCapacity: number({ required: true }),
    maxCapacity: number({ required: true }),
    roleArn: text(),
    tags: tags(),
  },
  async create(inputs) {
    checkCapacity(inputs);
    const arn = `arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/${idOf(inputs)}`;
    return { id: inputs.resourceId, outputs: { arn, tagsAll: inputs.tags ?? {} } };
  },
  async read(_id, state) {
    return state;
  },
  async update(_id, inputs) {
    checkCapacity(inputs);
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete() {},
});

function checkCapacity({ minCapacity, maxCapacity }: { readonly minCapacity: number; readonly maxCapacity: number }) {
  if (minCapacity > maxCapacity) {
    throw new Error(`ValidationException: Maximum capacity cannot be less than minimum capacity`);
  }
}

interface TargetTracking {
  readonly targetValue: number;
  readonly customizedMetricSpecification?: object;
  readonly predefinedMetricSpecification?: object;
  readonly scaleInCooldown?: number;
  readonly scaleOutCooldown?: number;
  readonly disableScaleIn?: boolean;
}

export const scalingPolicy = defineResource({
  type: "aws:appautoscaling/policy:Policy",
  properties: {
    ...place,
    name: text({ required: true, replaces: true }),
    policyType: text({ required: true }),
    targetTrackingScalingPolicyConfiguration: block<TargetTracking>()({ required: true }),
  },
  async create(inputs) {
    const { customizedMetricSpecification: own, predefinedMetricSpecification: theirs } =
      inputs.targetTrackingScalingPolicyConfiguration;
    if (inputs.policyType !== "TargetTrackingScaling" || (own === undefined) === (theirs === undefined)) {
      throw new Error(`ValidationException: ${inputs.name}: a target tracking policy has one metric, its own or AWS's`);
    }
    const arn = `arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:local:resource/${idOf(inputs)}:policyName/${inputs.name}`;
    return { id: inputs.name, outputs: { arn, alarmArns: [] } };
  },
  async read(_id, state) {
    return state;
  },
  async update() {
    return {};
  },
  async delete() {},
});
