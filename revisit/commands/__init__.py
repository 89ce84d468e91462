"""One small file per group of commands: parse, one call, show. `mount` hangs the commands of a file on the root."""
