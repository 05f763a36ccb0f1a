# SageWarden on ECS Fargate, with its vault: the same as deploy/aws/central.yaml.

terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.80" }
  }
}

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

locals {
  account = data.aws_caller_identity.here.account_id
  arns = {
    partition   = data.aws_partition.here.partition
    role        = var.role_name
    external_id = var.external_id
    bucket      = var.vault_bucket_name
    prefix      = var.vault_prefix
    policies    = var.policy_bucket_name
  }
}
