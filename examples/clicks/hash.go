package main

import (
	"context"
	"hash/fnv"
	"strconv"

	"github.com/seed-b3c25b83/kernel/train"
)

// columns is the number of columns that values are hashed to.
const columns = 1024

// fields are the names of the categories of an impression.
var fields = [...]string{"site", "advertisement", "device", "hour", "country", "segment"}

// An impression is an advertisement that was shown.
type impression struct {
	values      [len(fields)]uint16
	clicked     bool
	probability float64 // of the click, which nobody knows in real life
}

// column returns the column that a value of a field is hashed to. FNV is the
// same in every program and on every machine: a model goes on with it.
func column(field string, value uint16) int {
	h := fnv.New64a()
	h.Write([]byte(field + "=" + strconv.Itoa(int(value))))
	return int(h.Sum64() % columns)
}

// hashed are impressions as a [train.Source] of rows with a 1 in the columns of
// their values. Two values in the same column add up.
type hashed []impression

func (h hashed) Shape() (rows, cols int) { return len(h), columns }

func (h hashed) Read(_ context.Context, i, j int, room train.Data[float32]) (train.Data[float32], error) {
	room.Weights = nil
	for k := i; k < j; k++ {
		row := room.X.Row(k - i)
		clear(row)
		for f, v := range h[k].values {
			row[columnOf(f, v)]++
		}
		room.Y[k-i] = 0
		if h[k].clicked {
			room.Y[k-i] = 1
		}
	}
	return room, nil
}

// known are the columns that were computed before, by field and value. Rows are
// read by one goroutine at a time.
var known [len(fields)][]int

// columnOf is column with a memory: hashing takes longer than all else.
func columnOf(field int, value uint16) int {
	for v := len(known[field]); v <= int(value); v++ {
		known[field] = append(known[field], column(fields[field], uint16(v)))
	}
	return known[field][value]
}
