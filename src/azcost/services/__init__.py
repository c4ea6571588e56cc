"""One file per service: what a specification may say of it, and what it is billed for.

A service yields charges (a quantity of a meter) and knows no prices; it does not know the
other services either. `CONTRIBUTING.md` says how to add one.
"""
