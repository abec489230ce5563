"""The place where a success manager works with flows: their list, their picture, their editor, previews, dry runs."""
