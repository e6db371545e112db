"""Benchmarks of the parts that have to be fast, each beside what it has to beat. Run by `trunkline bench NAME`."""
