"""What scoring takes: time, and the machine it was taken on."""
