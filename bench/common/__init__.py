"""Tools that benchmarks share: databases, measuring, the peer's addon, tables."""
