"""Terraform plans as specs of azcost, to compare its prices with those that Infracost printed."""
