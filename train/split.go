package train

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-b3c25b83/kernel"
)

// Split deals n rows out at random: the given fraction of them, rounded to
// whole rows, to test, the others to train. Both are ascending, and the same
// on every machine. It panics unless fraction is between 0 and 1.
func Split(n int, fraction float64, seed uint64) (train, test []int) {
	return StratifiedSplit(make([]float32, n), fraction, seed)
}

// StratifiedSplit is Split for the rows of each class on its own, so that
// train and test have the same part of each.
func StratifiedSplit[T kernel.Float](y []T, fraction float64, seed uint64) (train, test []int) {
	checkFraction("StratifiedSplit", fraction)
	for _, rows := range classes(y, seed) {
		n := testRows(fraction, len(rows))
		test = append(test, rows[:n]...)
		train = append(train, rows[n:]...)
	}
	slices.Sort(train)
	slices.Sort(test)
	return train, test
}

func checkFraction(fn string, fraction float64) {
	if !(fraction >= 0 && fraction <= 1) {
		panic(fmt.Sprintf("train.%s: fraction %g is not between 0 and 1", fn, fraction))
	}
}

// testRows returns how many of n rows of a class are dealt out to test.
func testRows(fraction float64, n int) int { return int(float64(fraction*float64(n)) + 0.5) }

// Folds deals rows out at random to k folds, to each the same number of each
// class, give or take one. Each is ascending, and the same on every machine.
// For cross-validation, test on each in turn and train on the rest; see
// [Without]. It panics if k < 1.
func Folds[T kernel.Float](y []T, k int, seed uint64) [][]int {
	if k < 1 {
		panic(fmt.Sprintf("train.Folds: k = %d", k))
	}
	folds := make([][]int, k)
	next := 0
	for _, rows := range classes(y, seed) {
		for _, i := range rows {
			folds[next%k] = append(folds[next%k], i)
			next++
		}
	}
	for _, f := range folds {
		slices.Sort(f)
	}
	return folds
}

// Without returns the rows 0 to n-1 that are not in fold, which is ascending.
func Without(n int, fold []int) []int {
	rest := make([]int, 0, n)
	for i := range n {
		if len(fold) > 0 && fold[0] == i {
			fold = fold[1:]
		} else {
			rest = append(rest, i)
		}
	}
	return rest
}

// classes returns the rows of class 0 and those of class 1, shuffled.
func classes[T kernel.Float](y []T, seed uint64) (rows [2][]int) {
	order := make([]int, len(y))
	shuffle(context.Background(), order, seed, 0)
	for _, i := range order {
		rows[class(y[i])] = append(rows[class(y[i])], i)
	}
	return rows
}
