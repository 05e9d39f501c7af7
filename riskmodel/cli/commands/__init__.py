"""Commands, one a module: the file name is the name on the command line."""
