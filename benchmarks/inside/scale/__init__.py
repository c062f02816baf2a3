"""A business a thousand times the demo's size: `python -m benchmarks.inside.scale 1000000`, by set-based statements.

names: the words people and companies are called by. insert: one statement a model. indexes: away while rows pour in,
and back. people, bookings, money, letters: the rows. __main__: the order of it all.

Everything follows from a row's number, so that the same command makes the same rows: chance is a hash of the number.
"""
