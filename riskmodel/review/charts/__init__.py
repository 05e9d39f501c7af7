"""Pictures as SVG, drawn here from plain data: no library in the page, each point tells itself, all of it prints."""
