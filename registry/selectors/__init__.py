"""Named reads. All of them answer within the scope in force."""
