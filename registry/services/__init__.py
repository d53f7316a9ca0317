"""The only writers: one function per thing a person does, keyword-only, atomic, recorded."""
