"""A plug-in of each kind in one file each, which tests drop into a copy of the package."""
