variable "trusted_role_arn" {
  type        = string
  description = "Who takes these roles: task_role_arn of the module central."
}

variable "external_id" {
  type        = string
  description = "The same as in the module central and in the setting external_id."
  validation {
    condition     = length(var.external_id) >= 8
    error_message = "An external id has 8 characters or more."
  }
}

variable "role_name" {
  type        = string
  description = "How the roles' names begin; the same as in the module central."
  default     = "sagewarden"
}

variable "region" {
  type        = string
  description = "The one region that these roles govern, or * for every one of the account."
  default     = "*"
}

variable "vault_bucket_name" {
  type        = string
  description = "The same as in the module central."
}

variable "vault_prefix" {
  type        = string
  description = "The same as in the module central."
  default     = "sagewarden"
}

variable "vault_key_arn" {
  type        = string
  description = "vault_key_arn of the module central."
}

variable "tag_keys" {
  type        = list(string)
  description = "Keys of tags that policies repair, and sagewarden:delete-after for marks.tag."
  default     = ["owner", "sagewarden:delete-after"]
}

variable "retired_tag_keys" {
  type        = list(string)
  description = "Keys of tags that policies rename, and sagewarden:delete-after for marks.tag."
  default     = ["sagewarden:delete-after"]
}
