"""What another package adds to riskmodel; it imports public names alone."""
