terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      # Older ones merge actual and forecast thresholds of the same per cent.
      version = ">= 4.0"
    }
  }
}

resource "azurerm_consumption_budget_subscription" "budget" {
  name            = "ml"
  subscription_id = "/subscriptions/11111111-2222-4333-8444-000000000001"
  amount          = 5000
  time_grain      = "Monthly"

  time_period {
    start_date = "2026-11-01T00:00:00Z"
    end_date   = "2027-11-01T00:00:00Z"
  }

  filter {
    dimension {
      name   = "ServiceName"
      values = ["Storage", "$${x}"]
    }
  }

  notification {
    enabled        = true
    threshold      = 50
    threshold_type = "Actual"
    operator       = "GreaterThan"
    contact_emails = ["a@example.com"]
    contact_roles  = ["Owner"]
  }

  notification {
    enabled        = true
    threshold      = 80
    threshold_type = "Actual"
    operator       = "GreaterThan"
    contact_emails = ["a@example.com"]
    contact_roles  = ["Owner"]
  }

  notification {
    enabled        = true
    threshold      = 100
    threshold_type = "Actual"
    operator       = "GreaterThan"
    contact_emails = ["a@example.com"]
    contact_roles  = ["Owner"]
  }

  notification {
    enabled        = true
    threshold      = 100
    threshold_type = "Forecasted"
    operator       = "GreaterThan"
    contact_emails = ["a@example.com"]
    contact_roles  = ["Owner"]
  }

  notification {
    enabled        = true
    threshold      = 110
    threshold_type = "Forecasted"
    operator       = "GreaterThan"
    contact_emails = ["a@example.com"]
    contact_roles  = ["Owner"]
  }
}
