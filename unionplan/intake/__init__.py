"""A spreadsheet as people make it → rows, or a list of problems; nothing here changes the store."""
