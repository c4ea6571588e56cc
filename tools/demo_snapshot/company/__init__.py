"""What the company needs and uses: no rule may be sure that any of it is waste."""
