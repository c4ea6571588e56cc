"""What to do about the findings: one ledger in which no money is saved twice."""
