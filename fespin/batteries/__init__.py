"""Magnetic batteries: energy stored in spin textures, charged and discharged through metal contacts."""
