"""Documents longer than a piece: cut into small ones without being held whole."""
