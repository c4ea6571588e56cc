"""The door to Azure: login, one policy for every request, and what may leave at all."""
