"""Pure: values in, values out. No database, no clock, no terminal, no file, no today."""
