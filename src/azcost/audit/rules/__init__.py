"""The rules, one per file: `azcost.audit.rule.load` finds them by the names of the files."""
