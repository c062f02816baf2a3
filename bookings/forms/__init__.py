"""What people type, step by step. fields: the kinds of field. steps, people: the pages. problems: the error summary."""
