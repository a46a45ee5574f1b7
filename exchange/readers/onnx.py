"""Reads ONNX files with Python's onnx, checks them, and evaluates their graph.

usage: onnx.py FOLDER

FOLDER holds NAME.onnx, NAME.json with what is to be found in it, and
NAME.rows and NAME.want, the numbers of some rows and their predictions.
"""

import sys

sys.path.pop(0)  # this folder: onnx is the library, not this file

import glob
import json

import numpy
import onnx
import onnx.checker
import onnx.numpy_helper
import onnx.shape_inference

count = 0
for path in sorted(glob.glob(sys.argv[1] + "/*.onnx")):
    stem = path[: -len(".onnx")]
    want = json.load(open(stem + ".json"))
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    graph = inferred.graph

    metadata = {p.key: p.value for p in model.metadata_props}
    assert metadata == want["metadata"], metadata
    assert [n.op_type for n in graph.node] == ["Gemm", "Sigmoid"], graph.node

    (given,) = graph.input
    (result,) = graph.output
    dims = given.type.tensor_type.shape.dim
    assert (given.name, dims[0].dim_param, dims[1].dim_value) == ("features", "rows", want["columns"]), given
    dims = result.type.tensor_type.shape.dim
    assert (result.name, dims[0].dim_param, dims[1].dim_value) == ("probability", "rows", 1), result

    dtype = numpy.dtype(want["element"])
    kind = onnx.helper.tensor_dtype_to_np_dtype if hasattr(onnx.helper, "tensor_dtype_to_np_dtype") else onnx.mapping.TENSOR_TYPE_TO_NP_TYPE.get
    assert kind(given.type.tensor_type.elem_type) == dtype == kind(result.type.tensor_type.elem_type)
    tensors = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}
    assert all(t.dtype == dtype for t in tensors.values())

    # Gemm and Sigmoid as ONNX defines them, node by node.
    values = dict(tensors, features=numpy.fromfile(stem + ".rows", dtype).reshape(-1, want["columns"]))
    for node in graph.node:
        assert not node.attribute, node
        args = [values[name] for name in node.input]
        if node.op_type == "Gemm":
            out = args[0] @ args[1] + args[2]
        else:
            out = 1 / (1 + numpy.exp(-args[0]))
        values[node.output[0]] = out
    probability = values["probability"]
    expected = numpy.fromfile(stem + ".want", dtype).reshape(-1, 1)
    assert probability.shape == expected.shape and probability.dtype == dtype
    error = numpy.abs(probability - expected).max()
    assert error <= 16 * numpy.finfo(dtype).eps, error
    count += 1
    print(f"onnx {onnx.__version__}: {path.split('/')[-1]}: {len(expected)} rows, largest difference {error:.1e}")

assert count == int(sys.argv[2]), count
