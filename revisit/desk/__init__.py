"""The call desk: what is known before a call, what speaks against it, the call while it goes on, and what it brought."""
