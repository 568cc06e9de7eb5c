"""Landing, the one way in; recorders that fill it come later."""
