"""Cost exports of Azure: usage details and FOCUS, from their files to lines of a bill."""
