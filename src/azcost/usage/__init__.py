<<<<<<< HEAD
"""What was used: traces and exports, read into arrays."""
=======
"""What was used: traces, exports and inventories, read through duckdb."""
>>>>>>> 89ca808 (Forecast, anomalies and their causes)
