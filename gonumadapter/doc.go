// Package gonumadapter joins the kernels to gonum: its matrices become batches
// that share their data, and its optimizers train a neuron.
//
//	x := gonumadapter.Dense(m)                // no copy
//	s := kernel.NewStepper[float64](x.Cols, 0)
//	defer s.Close()
//	p := gonumadapter.Problem(s, x, y, nil, kernel.LogLoss, 1e-3)
//	r, err := optimize.Minimize(p, make([]float64, x.Cols+1), nil, &optimize.LBFGS{})
//	w, b := r.X[:x.Cols], r.X[x.Cols]
package gonumadapter
