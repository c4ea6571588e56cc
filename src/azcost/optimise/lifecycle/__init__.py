"""The cheapest life of blobs: policies, what they cost by day, and the optimum."""
