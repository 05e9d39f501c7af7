"""The jobs: each composes the rooms, and reads from top to bottom in the order in which things happen."""
