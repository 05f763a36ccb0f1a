output "task_role_arn" {
  description = "For trusted_role_arn of the module roles."
  value       = aws_iam_role.task.arn
}

output "vault_key_arn" {
  description = "For vault_key_arn of the module roles."
  value       = aws_kms_key.vault.arn
}

output "vault_address" {
  value = "s3://${aws_s3_bucket.vault.id}/${var.vault_prefix}"
}

output "log_group_name" {
  value = aws_cloudwatch_log_group.daemon.name
}
