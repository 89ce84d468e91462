"""The call sheet: the day's list as a workbook to fill in, and what was filled in merged into the log.

`layout` its columns, `tokens` by which a row is known again, `writing` the workbook, `reading` what a row says, `merging` what
becomes of it: written, left alone, refused, or a conflict for a person to settle.
"""
