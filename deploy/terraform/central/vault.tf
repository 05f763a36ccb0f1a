resource "aws_kms_key" "vault" {
  description         = "Encrypts the vault of SageWarden"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid       = "TheAccountRulesIt"
        Effect    = "Allow"
        Principal = { AWS = "arn:${data.aws_partition.here.partition}:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "LogsUseIt"
        Effect    = "Allow"
        Principal = { Service = "logs.${data.aws_region.here.name}.amazonaws.com" }
        Action = [
          "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
          "kms:DescribeKey",
        ]
        Resource = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = join(":", [
              "arn", data.aws_partition.here.partition, "logs", data.aws_region.here.name, local.account, "*",
            ])
          }
        }
      },
      {
        Sid       = "AlarmsUseIt"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        }], length(var.archiver_role_arns) == 0 ? [] : [{
        Sid       = "OthersUseItThroughS3"
        Effect    = "Allow"
        Principal = { AWS = var.archiver_role_arns }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringLike = { "kms:ViaService" = "s3.*" } }
    }])
  })
  lifecycle { prevent_destroy = true }
}

resource "aws_s3_bucket" "vault" {
  bucket              = var.vault_bucket_name
  object_lock_enabled = true
  lifecycle { prevent_destroy = true }
}

resource "aws_s3_bucket_versioning" "vault" {
  bucket = aws_s3_bucket.vault.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_object_lock_configuration" "vault" {
  bucket = aws_s3_bucket.vault.id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.retention_days
    }
  }
  depends_on = [aws_s3_bucket_versioning.vault]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "vault" {
  bucket = aws_s3_bucket.vault.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.vault.arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "vault" {
  bucket = aws_s3_bucket.vault.id
  rule {
    id     = "what-was-written-over"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = var.retention_days }
  }
  dynamic "rule" {
    # a week more than the setting says: S3 counts from the writing, SageWarden from the run's link
    for_each = var.archive_retention_days == null ? [] : [for each in var.targets : "${each.account_id}/${each.region}"]
    content {
      id     = "archives-of-${replace(rule.value, "/", "-")}"
      status = "Enabled"
      filter { prefix = "${var.vault_prefix}/v1/${rule.value}/archive/" }
      expiration { days = var.archive_retention_days + 7 }
    }
  }
  rule {
    id     = "uploads-that-never-ended"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload { days_after_initiation = 1 }
  }
  depends_on = [aws_s3_bucket_versioning.vault]
}

resource "aws_s3_bucket" "policies" {
  bucket = var.policy_bucket_name
  lifecycle { prevent_destroy = true }
}

resource "aws_s3_bucket_versioning" "policies" {
  bucket = aws_s3_bucket.policies.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "policies" {
  bucket = aws_s3_bucket.policies.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}

resource "aws_s3_bucket_public_access_block" "each" {
  for_each = { vault = aws_s3_bucket.vault.id, policies = aws_s3_bucket.policies.id }

  bucket                  = each.value
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "each" {
  for_each = { vault = aws_s3_bucket.vault.id, policies = aws_s3_bucket.policies.id }

  bucket = each.value
  rule { object_ownership = "BucketOwnerEnforced" }
}

locals {
  bucket_policy = jsondecode(templatefile("${path.module}/iam/bucket.json.tftpl", merge(local.arns, {
    others = var.archiver_role_arns
  })))
  # without others the statements that let them in would name nobody, which S3 refuses
  bucket_statements = [
    for each in local.bucket_policy.Statement : each
    if each.Effect == "Deny" || length(var.archiver_role_arns) > 0
  ]
}

resource "aws_s3_bucket_policy" "vault" {
  bucket = aws_s3_bucket.vault.id
  policy = jsonencode(merge(local.bucket_policy, { Statement = local.bucket_statements }))
}

resource "aws_s3_bucket_policy" "policies" {
  bucket = aws_s3_bucket.policies.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyEncryptedConnections"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.policies.arn, "${aws_s3_bucket.policies.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
