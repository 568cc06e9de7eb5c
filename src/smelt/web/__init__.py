"""The pages: FastAPI and Jinja on the server, plain ES modules in the browser; nothing leaves the host."""
