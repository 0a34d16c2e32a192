"""What leaves the room: bytes for the browser, outlined pictures, files, a command that repeats the page."""
