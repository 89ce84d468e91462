"""The follow-up register: the pure plan of every customer, kept in the database and read back by comparing dates.

`events` gathers the dated events, `keep` brings the register up to date in the transaction that changed them, `read`
tells what is owed on a day.
"""
