output "archiver_role_arn" {
  description = "For archiver_role_arns of the module central."
  value       = aws_iam_role.stage["archiver"].arn
}
