"""What was used and spent: traces, inventories and exports, read into arrays through duckdb."""
