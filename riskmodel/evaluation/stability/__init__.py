"""Evidence that scores, features and outcomes stay as they were."""
