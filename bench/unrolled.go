package bench

// unrolled is plain Go with four rows at a time, so that four chains of
// additions run side by side, and w and g are loaded once for four rows.
func unrolled[T float]() contestant[T] {
	return contestant[T]{
		name: "unrolled",
		step: func(p *problem[T]) func() {
			return func() {
				clear(p.g)
				var gb T
				n := p.Rows &^ 3
				for i := 0; i < n; i += 4 {
					x0, x1, x2, x3 := p.rows4(i)
					z0, z1, z2, z3 := dot4(x0, x1, x2, x3, p.w)
					d0 := deltaGo(z0+p.b, p.y[i])
					d1 := deltaGo(z1+p.b, p.y[i+1])
					d2 := deltaGo(z2+p.b, p.y[i+2])
					d3 := deltaGo(z3+p.b, p.y[i+3])
					axpy4(p.g, x0, x1, x2, x3, d0, d1, d2, d3)
					gb += (d0 + d1) + (d2 + d3)
				}
				for i := n; i < p.Rows; i++ {
					row := p.x[i*p.Stride:][:p.Cols]
					d := deltaGo(dot1(row, p.w)+p.b, p.y[i])
					for j, x := range row {
						p.g[j] += d * x
					}
					gb += d
				}
				p.gb = float64(gb)
			}
		},
		forward: func(p *problem[T]) func() {
			return func() {
				n := p.Rows &^ 3
				for i := 0; i < n; i += 4 {
					x0, x1, x2, x3 := p.rows4(i)
					z0, z1, z2, z3 := dot4(x0, x1, x2, x3, p.w)
					p.yhat[i] = sigmoidGo(z0 + p.b)
					p.yhat[i+1] = sigmoidGo(z1 + p.b)
					p.yhat[i+2] = sigmoidGo(z2 + p.b)
					p.yhat[i+3] = sigmoidGo(z3 + p.b)
				}
				for i := n; i < p.Rows; i++ {
					p.yhat[i] = sigmoidGo(dot1(p.x[i*p.Stride:][:p.Cols], p.w) + p.b)
				}
			}
		},
	}
}

// rows4 returns rows i to i+3.
func (p *problem[T]) rows4(i int) (x0, x1, x2, x3 []T) {
	x := p.x[i*p.Stride:]
	return x[:p.Cols], x[p.Stride:][:p.Cols], x[2*p.Stride:][:p.Cols], x[3*p.Stride:][:p.Cols]
}

func dot4[T float](x0, x1, x2, x3, w []T) (z0, z1, z2, z3 T) {
	x0, x1, x2, x3 = x0[:len(w)], x1[:len(w)], x2[:len(w)], x3[:len(w)]
	for j, v := range w {
		z0 += x0[j] * v
		z1 += x1[j] * v
		z2 += x2[j] * v
		z3 += x3[j] * v
	}
	return
}

// dot1 is the dot product of one row, in four chains.
func dot1[T float](x, w []T) T {
	var z0, z1, z2, z3 T
	for len(x) >= 4 && len(w) >= 4 {
		z0 += x[0] * w[0]
		z1 += x[1] * w[1]
		z2 += x[2] * w[2]
		z3 += x[3] * w[3]
		x, w = x[4:], w[4:]
	}
	for j, v := range x {
		z0 += v * w[j]
	}
	return (z0 + z1) + (z2 + z3)
}

func axpy4[T float](g, x0, x1, x2, x3 []T, d0, d1, d2, d3 T) {
	x0, x1, x2, x3 = x0[:len(g)], x1[:len(g)], x2[:len(g)], x3[:len(g)]
	for j := range g {
		g[j] += (d0*x0[j] + d1*x1[j]) + (d2*x2[j] + d3*x3[j])
	}
}

func deltaGo[T float](z, y T) T {
	a := sigmoidGo(z)
	return (a - y) * a * (1 - a)
}
