"""Evidence on a challenger against its champion, on the same rows."""
