"""Evidence that PDs are as high as default rates."""
