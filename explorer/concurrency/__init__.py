"""Work of several threads: ahead of who asks for it, in turn with others, and no longer than it is wanted."""
