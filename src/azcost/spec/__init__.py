"""Reading a specification: text to nodes, nodes to typed values, all mistakes at once."""
