# A stack as another team would write it by hand: variables, a module, count, a dynamic block. terraform.tfstate is what
# it was before, so that its plan deletes and replaces. In __snapshots__ is that plan, without what policy does not read.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  default_tags {
    tags = { Environment = "production", Owner = "billing", CostCenter = "4711", Stack = "billing" }
  }
}

variable "encrypted" { default = true }
variable "public" { default = true }
variable "open_ports" { default = [443] }

module "network" {
  source = "./network"
  zones  = ["eu-west-1a", "eu-west-1b"]
}

resource "aws_kms_key" "data" {
  description         = "Data"
  enable_key_rotation = true
}

resource "aws_security_group" "clients" {
  name        = "clients"
  description = "Clients"
  vpc_id      = module.network.vpc_id
  dynamic "ingress" {
    for_each = var.open_ports
    content {
      description = "Clients"
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_db_parameter_group" "tls" {
  name   = "billing"
  family = "postgres17"
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}

# Replaced: its storage was not encrypted.
resource "aws_db_instance" "writer" {
  identifier                  = "billing"
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 20
  username                    = "dba"
  manage_master_user_password = true
  parameter_group_name        = aws_db_parameter_group.tls.name
  storage_encrypted           = var.encrypted
  kms_key_id                  = aws_kms_key.data.arn
  publicly_accessible         = var.public
  skip_final_snapshot         = true
}

# A new password under blue/green.
resource "aws_db_instance" "ledger" {
  identifier          = "ledger"
  engine              = "postgres"
  instance_class      = "db.t4g.medium"
  allocated_storage   = 20
  username            = "dba"
  password_wo         = "not a secret"
  password_wo_version = 2
  skip_final_snapshot = true
  blue_green_update {
    enabled = true
  }
}

# Changed in place.
resource "aws_db_instance" "reports" {
  identifier                  = "reports"
  engine                      = "postgres"
  instance_class              = "db.t4g.large"
  allocated_storage           = 20
  username                    = "dba"
  manage_master_user_password = true
  skip_final_snapshot         = true
}
