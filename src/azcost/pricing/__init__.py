"""Prices as data: rows, the tables that hold them, and the catalogue that answers from them."""
