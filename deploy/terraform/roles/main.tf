# The roles in an account that SageWarden governs: the same as deploy/aws/roles.yaml. The documents in iam/
# are what `sagewarden iam` prints; tests/deploy holds them to it.

terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.80" }
  }
}

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}

locals {
  stages = {
    reader   = "reads every experiment, trial and component, and changes nothing"
    tagger   = "sets the tags that policies require; what is held it cannot touch"
    archiver = "reads and writes its account's part of the vault; deletes nothing there"
    executor = "takes apart and deletes; what carries the tag sagewarden:hold it cannot"
    restorer = "creates again what was deleted; changes nothing that is there"
  }
}

resource "aws_iam_role" "stage" {
  for_each = local.stages

  name                 = "${var.role_name}-${each.key}"
  description          = "SageWarden ${each.value}"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.trusted_role_arn }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
    }]
  })
}

resource "aws_iam_role_policy" "stage" {
  for_each = local.stages

  name = each.key
  role = aws_iam_role.stage[each.key].id
  policy = templatefile("${path.module}/iam/${each.key}.json.tftpl", {
    partition        = data.aws_partition.here.partition
    account          = data.aws_caller_identity.here.account_id
    region           = var.region
    role             = var.role_name
    bucket           = var.vault_bucket_name
    prefix           = var.vault_prefix
    key              = var.vault_key_arn
    tag_keys         = var.tag_keys
    retired_tag_keys = var.retired_tag_keys
  })
}
