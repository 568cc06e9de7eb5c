"""The compiled scan of plain MTConnect XML."""
