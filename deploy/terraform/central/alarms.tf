locals {
  # metric = what of the log counts; told = none: its absence is told
  counted = {
    GoodRun = {
      pattern = "{ $.event = \"run.ended\" && $.exit_code = 0 }"
      told    = ""
      period  = 86400
    }
    FailedRun = {
      pattern = "{ $.event = \"run.ended\" && $.exit_code = 3 }"
      told    = "a run finished, but something failed, was refused or could not be read"
      period  = 21600
    }
    Defect = {
      pattern = "{ $.event = \"run.ended\" && $.exit_code = 1 }"
      told    = "a run ended with a defect of SageWarden's own"
      period  = 3600
    }
    Integrity = {
      pattern = "{ $.event = \"run.ended\" && $.exit_code = 5 }"
      told    = "what was read back from the vault is not what was written"
      period  = 3600
    }
    Limit = {
      pattern = "{ $.event = \"run.ended\" && $.exit_code = 4 }"
      told    = "a limit stopped a plan"
      period  = 3600
    }
    Approval = {
      pattern = "{ $.event = \"run.ended\" && $.exit_code = 6 }"
      told    = "a plan waits for a person's approval"
      period  = 3600
    }
    Undo = {
      pattern = "{ $.event = \"undo.failed\" }"
      told    = "an edge could not be put back and a person is needed"
      period  = 3600
    }
  }
}

resource "aws_sns_topic" "alarms" {
  name              = "sagewarden-alarms"
  kms_master_key_id = aws_kms_key.vault.arn
}

resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

resource "aws_cloudwatch_log_metric_filter" "each" {
  for_each = local.counted

  name           = each.key
  log_group_name = aws_cloudwatch_log_group.daemon.name
  pattern        = each.value.pattern
  metric_transformation {
    namespace = "SageWarden"
    name      = each.key
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "each" {
  for_each = { for name, each in local.counted : name => each if each.told != "" }

  alarm_name          = "sagewarden-${each.key}"
  alarm_description   = "SageWarden: ${each.value.told}. deploy/README.md says what to do."
  namespace           = "SageWarden"
  metric_name         = each.key
  statistic           = "Sum"
  period              = each.value.period
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "no_good_run" {
  alarm_name          = "sagewarden-NoGoodRun"
  alarm_description   = "SageWarden: no run ended well for a day. deploy/README.md says what to do."
  namespace           = "SageWarden"
  metric_name         = "GoodRun"
  statistic           = "Sum"
  period              = 86400
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}
