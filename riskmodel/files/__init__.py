"""Files and folders written whole: beside their place, synced, then renamed; and who may write."""
