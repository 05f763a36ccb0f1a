locals {
  trust = { for service in ["ecs-tasks", "scheduler"] : service => jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "${service}.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  }) }
}

resource "aws_iam_role" "task" {
  name               = "${var.role_name}-daemon"
  description        = "SageWarden itself, before it takes a role"
  assume_role_policy = local.trust["ecs-tasks"]
}

resource "aws_iam_role_policy" "own" {
  name   = "own"
  role   = aws_iam_role.task.id
  policy = templatefile("${path.module}/iam/own.json.tftpl", local.arns)
}

resource "aws_iam_role" "execution" {
  description = "Lets ECS start SageWarden - its image, its secret, its log"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "secret" {
  name = "secret"
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = var.notice_secret_arn
    }]
  })
}

resource "aws_cloudwatch_log_group" "daemon" {
  name_prefix       = "sagewarden-"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.vault.arn
}

resource "aws_security_group" "daemon" {
  description = "SageWarden speaks to AWS and to webhooks, and nobody speaks to it"
  vpc_id      = var.vpc_id
  egress {
    description = "HTTPS"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_ecs_cluster" "daemon" {
  name = "sagewarden"
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

locals {
  is_daemon = var.mode == "daemon"
  container = {
    name                   = "sagewarden"
    image                  = var.image
    command                = local.is_daemon ? ["serve"] : ["sweep"]
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    stopTimeout            = 120
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp" }]
    environment = concat([
      { name = "SAGEWARDEN_TARGETS", value = jsonencode(var.targets) },
      { name = "SAGEWARDEN_POLICIES", value = "s3://${var.policy_bucket_name}/policies" },
      { name = "SAGEWARDEN_VAULT__ADDRESS", value = "s3://${var.vault_bucket_name}/${var.vault_prefix}" },
      { name = "SAGEWARDEN_VAULT__KMS_KEY", value = aws_kms_key.vault.arn },
      { name = "SAGEWARDEN_NOTICE__WEBHOOK__URL", value = var.notice_url },
      { name = "SAGEWARDEN_SCHEDULE__STOP_WITHIN", value = "100s" },
      ], var.archive_retention_days == null ? [] : [
      { name = "SAGEWARDEN_VAULT__ARCHIVE_RETENTION", value = "${var.archive_retention_days}d" },
    ])
    secrets = [{ name = "SAGEWARDEN_NOTICE__WEBHOOK__SECRET", valueFrom = var.notice_secret_arn }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.daemon.name
        awslogs-region        = data.aws_region.here.name
        awslogs-stream-prefix = "sagewarden"
      }
    }
  }
  health = {
    command     = ["CMD", "sagewarden", "health"]
    interval    = 30
    timeout     = 5
    retries     = 3
    startPeriod = 60
  }
}

resource "aws_ecs_task_definition" "daemon" {
  family                   = "sagewarden"
  cpu                      = 512
  memory                   = 1024
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn
  container_definitions    = jsonencode([merge(local.container, local.is_daemon ? { healthCheck = local.health } : {})])
  runtime_platform {
    cpu_architecture        = "X86_64"
    operating_system_family = "LINUX"
  }
  volume { name = "tmp" }
}

resource "aws_ecs_service" "daemon" {
  name            = "sagewarden"
  cluster         = aws_ecs_cluster.daemon.id
  task_definition = aws_ecs_task_definition.daemon.arn
  launch_type     = "FARGATE"
  desired_count   = local.is_daemon ? 1 : 0
  # the old one ends before the new one begins: two would only wait for each other's leases
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    assign_public_ip = false
    security_groups  = [aws_security_group.daemon.id]
    subnets          = var.subnet_ids
  }
}

resource "aws_iam_role" "scheduler" {
  description        = "Lets EventBridge Scheduler start a sweep"
  assume_role_policy = local.trust["scheduler"]
}

resource "aws_iam_role_policy" "start" {
  name = "start"
  role = aws_iam_role.scheduler.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = aws_ecs_task_definition.daemon.arn
        Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.daemon.arn } }
      },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [aws_iam_role.task.arn, aws_iam_role.execution.arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.vault.arn
      },
    ]
  })
}

resource "aws_scheduler_schedule" "sweeps" {
  state               = local.is_daemon ? "DISABLED" : "ENABLED"
  schedule_expression = var.schedule
  kms_key_arn         = aws_kms_key.vault.arn
  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }
  target {
    arn      = aws_ecs_cluster.daemon.arn
    role_arn = aws_iam_role.scheduler.arn
    retry_policy { maximum_retry_attempts = 2 }
    ecs_parameters {
      launch_type         = "FARGATE"
      task_count          = 1
      task_definition_arn = aws_ecs_task_definition.daemon.arn
      network_configuration {
        assign_public_ip = false
        security_groups  = [aws_security_group.daemon.id]
        subnets          = var.subnet_ids
      }
    }
  }
}
