"""The only writers of what the answers keep: one function per thing that a person does."""
