"""Components of the browser, made of files."""
