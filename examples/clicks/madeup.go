package main

import (
	"math"
	"math/rand/v2"
)

// kinds is how many values each field has: together more than there are columns
// for, as everywhere.
var kinds = [len(fields)]int{400, 600, 8, 24, 60, 200}

// impressions makes up n of them. Some values are much more frequent than
// others; each adds something of its own to the log-odds of a click, and a few
// pairs of site and advertisement go together, which no single neuron on single
// values can know.
func impressions(n int, seed uint64) []impression {
	r := rand.New(rand.NewPCG(seed, 2))
	var effect [len(fields)][]float64
	for f, k := range kinds {
		for range k {
			effect[f] = append(effect[f], r.NormFloat64()*0.6)
		}
	}
	all := make([]impression, n)
	for k := range all {
		i := &all[k]
		odds := -2.2
		for f, kinds := range kinds {
			v := int(float64(kinds) * math.Pow(r.Float64(), 2))
			i.values[f] = uint16(v)
			odds += effect[f][v]
		}
		if (i.values[0]*31+i.values[1])%16 == 0 {
			odds++
		}
		i.probability = 1 / (1 + math.Exp(-odds))
		i.clicked = r.Float64() < i.probability
	}
	return all
}
