#!/usr/bin/python3
"""Writes the files of testdata/written with the programs that people use.

All of them hold the same rows, so that the tests need to know them only once.
Made on Debian 12: python3-numpy 1.24.2, python3-sklearn 1.2.1. Run it here.
"""
import io
import os
import struct

import numpy as np
from sklearn.datasets import dump_svmlight_file

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "written"))

# Five rows of four features and the label.
X = np.array([[0, 1, 0, 3], [7, 0, 0, 0], [1, 2, 3, 4], [0, 0, 0, 5], [0, 9, 100, 0]])
y = np.array([0, 1, 1, 0, 1])
rows = np.column_stack([X, y])

for name in "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8".split():
    np.save(f"{name}.npy", rows.astype("<" + name))
    np.save(f"{name}-big.npy", rows.astype(">" + name))
    np.save(f"{name}-fortran.npy", np.asfortranarray(rows.astype("<" + name)))
np.save("bool.npy", rows != 0)  # other rows, of course
np.save("f4-fortran-big.npy", np.asfortranarray(rows.astype(">f4")))
for version in (1, 2, 3):
    with open(f"version{version}.npy", "wb") as f:
        np.lib.format.write_array(f, rows.astype("f4"), version=(version, 0))

# Pictures: the features of a row have two dimensions.
np.savez("pictures.npz", X=X.reshape(5, 2, 2), y=y)
np.savez("pictures-fortran.npz", X=np.asfortranarray(X.reshape(5, 2, 2)), y=y)
np.savez("plain.npz", X=X.astype("f4"), y=y)
np.savez_compressed("compressed.npz", X=X.astype("u1"), y=y.astype("f8"))
np.savez_compressed("text.npz", X=X, y=np.array(["no", "größer"])[y])
np.savez_compressed("bytes.npz", X=X, y=np.array([b"no", b"yes"])[y])
np.savez_compressed("column.npz", X=X, y=y.reshape(5, 1).astype("?"))
np.savez_compressed("split.npz", x_train=X, y_train=y, x_test=X[:2], y_test=y[:2])
np.savez("onearray.npz", rows)
np.save("X.npy", X)
np.save("y.npy", y)
np.save("objects.npy", np.array([["a", 1], ["b", 2]], dtype=object), allow_pickle=True)
np.save("records.npy", np.array([(1.0, 2)], dtype=[("a", "<f4"), ("b", "<i4")]))
np.save("complex.npy", rows.astype("c16"))

dump_svmlight_file(X, y, "zero.svm", zero_based=True)
dump_svmlight_file(X, y, "one.svm", zero_based=False, comment="a comment\nof two lines")
dump_svmlight_file(X, 2 * y - 1, "qid.svm", zero_based=False, query_id=[1, 1, 1, 2, 2])

# MNIST's own program is lost; the format is as simple as this.
def idx(name, kind, a):
    with open(name, "wb") as f:
        f.write(struct.pack(">BBBB", 0, 0, kind, a.ndim) + struct.pack(f">{a.ndim}I", *a.shape) + a.tobytes())

idx("train-images-idx3-ubyte", 0x08, X.reshape(5, 2, 2).astype("u1"))
idx("train-labels-idx1-ubyte", 0x08, y.astype("u1"))
for kind, t in (0x09, "i1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8"):
    idx(f"rows-{t.strip('>')}.idx", kind, rows.astype(t))
