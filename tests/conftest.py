"""What pytest shall leave alone."""

# makes the fixtures of the mesh reader; needs gmsh, which tests must not
collect_ignore = ["data/make_fixtures.py"]
