"""Records arrays that NumPy saved, for Tests/CheckpointsTests/NumPy*Tests.swift, and reads back those that we wrote.

    python Scripts/record-numpy-fixtures.py            # writes the fixtures
    python Scripts/record-numpy-fixtures.py FILE.npz   # prints what NumPy loads from a file of ours
"""

import io
import sys
from pathlib import Path

import numpy as np

FIXTURES = Path(__file__).resolve().parent.parent / "Tests/CheckpointsTests/Fixtures"

# Each array goes by its type; all types hold the same numbers as far as they can.
ARRAYS = {
    **{name: np.array([[0, 1, 2], [100, 127, 3]], dtype=name)
       for name in ("<f2", "<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8")},
    "|b1": np.array([[True, False, True], [False, False, True]]),
    "fortran": np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)),
    "scalar": np.array(7.5, dtype="<f4"),
    "empty": np.zeros((0, 3), dtype="<f4"),
    "one": np.array([1.5], dtype="<f4"),
    "é/weird name": np.array([-1, np.inf], dtype="<f4"),
}


def versions():
    """The same small array with headers of all three versions."""
    for version in ((1, 0), (2, 0), (3, 0)):
        stream = io.BytesIO()
        np.lib.format.write_array(stream, np.arange(6, dtype="<f4").reshape(2, 3), version=version)
        yield version[0], stream.getvalue()


def main():
    if len(sys.argv) > 1:
        with np.load(sys.argv[1], allow_pickle=False) as arrays:
            for name in arrays.files:
                array = arrays[name]
                print(name, array.dtype.str, array.shape, array.ravel()[:8].tolist())
        return
    np.savez(FIXTURES / "numpy-arrays.npz", **ARRAYS)
    np.savez_compressed(FIXTURES / "numpy-compressed.npz", a=np.zeros(100, dtype="<f4"))
    for number, content in versions():
        (FIXTURES / f"numpy-version-{number}.npy").write_bytes(content)


if __name__ == "__main__":
    main()
