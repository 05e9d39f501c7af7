"""Files and folders written whole: beside their place, synced, then renamed; and who may write.

atomic    one file at its place, or one folder at its place: whole, or as it was before
beside    what is being made next to its place, and cleared away by whoever comes next if its maker was killed
lock      one writer an output
unbroken  signals wait between the first rename and the last
places    what may be a path, and that no output lies among what is read
"""
