"""What a design would cost if it were bought, placed or built in another way.

A scenario changes the parts of a design, and `architecture.estimate` prices what comes out.
"""
