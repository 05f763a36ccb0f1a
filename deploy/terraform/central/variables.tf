variable "image" {
  type        = string
  description = "The image, by its digest, so that it cannot change unseen."
  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Name the image as repository@sha256:digest."
  }
}

variable "vpc_id" { type = string }

variable "subnet_ids" {
  type        = list(string)
  description = "Private subnets from which AWS can be reached."
}

variable "vault_bucket_name" { type = string }

variable "vault_prefix" {
  type    = string
  default = "sagewarden"
}

variable "policy_bucket_name" {
  type        = string
  description = "Policy files go below policies/ in it."
}

variable "retention_days" {
  type        = number
  description = "How long nobody but who may bypass governance can delete a version in the vault."
  default     = 365
}

variable "archive_retention_days" {
  type        = number
  description = "For how long archives are kept, as the setting vault.archive_retention; null: for ever."
  default     = null
}

variable "targets" {
  type        = any
  description = "The setting targets, as a list of objects."
}

variable "external_id" {
  type        = string
  description = "What the module roles asks of whoever takes its roles."
}

variable "role_name" {
  type        = string
  description = "How the names of the roles of the module roles begin."
  default     = "sagewarden"
}

variable "archiver_role_arns" {
  type        = list(string)
  description = "archiver_role_arn of each account, an output of the module roles; empty at first."
  default     = []
}

variable "notice_url" {
  type        = string
  description = "Where notices are posted; without a channel nothing ever becomes due."
}

variable "notice_secret_arn" {
  type        = string
  description = "A secret of Secrets Manager whose value notices are signed with."
}

variable "mode" {
  type        = string
  description = "A daemon that keeps its own schedule, or a sweep that schedule starts."
  default     = "daemon"
  validation {
    condition     = contains(["daemon", "sweep"], var.mode)
    error_message = "The mode is daemon or sweep."
  }
}

variable "schedule" {
  type        = string
  description = "When a sweep begins, if mode is sweep."
  default     = "rate(6 hours)"
}

variable "alarm_email" {
  type        = string
  description = "Who hears of alarms."
}
