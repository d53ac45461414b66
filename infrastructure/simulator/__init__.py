"""A stand-in Sleeper: invented leagues whose every answer follows from a seed and a simulated moment."""
