"""Plans that cost least: pure functions over arrays, priced again by the Decimal engine."""
