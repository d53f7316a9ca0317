"""The pages of the duties: status grid, search, mailbox."""
