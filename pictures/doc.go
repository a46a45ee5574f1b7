// Package pictures makes rows of features of PNG and JPEG pictures, which lie
// in one folder for each class.
//
// A [Recipe] says how: the size to which pictures are resized, grey or colour,
// and either the pixels or histograms of oriented gradients. The same picture
// and the same recipe give the same bits on every architecture: JPEG decoding
// and grey are integer arithmetic, golang.org/x/image/draw and this package
// compute in float64 without fused operations, and of package math only Sqrt,
// which is exact, makes features. The decoders are those of the Go release:
// another release may decode a JPEG to other pixels.
package pictures
