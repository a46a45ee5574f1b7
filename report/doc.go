// Package report shows how well a classifier of two classes was trained: the
// measures that are asked for, with the definitions of scikit-learn, learning
// curves as PNG and SVG, and all of it on one HTML page that needs nothing
// besides.
package report
