// Package exchange takes a neuron to other programs, and weights from them.
//
//	[WriteONNX]         a Gemm and a Sigmoid, for ONNX Runtime and its like
//	[WriteSafetensors]  weight and bias, as torch.nn.Linear(features, 1) names them
//	[WriteGo]           a Go file with a function Predict and no dependency,
//	                    which gives the bits of [kernel.Predict]
//	[OpenSafetensors]   reads weights from safetensors, [Model] makes a neuron of them
//
// The same model gives the same bytes. Names of features and classes, threshold
// and what else the model holds go along as metadata. A training that
// standardises its features folds that into the weights, so that what is exported
// takes features as they are.
package exchange
