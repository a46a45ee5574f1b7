package report

import (
	"fmt"
	"math"
	"slices"
)

// A Point is a point of a ROC or precision-recall curve: what a threshold leads
// to.
type Point struct {
	X, Y      float64
	Threshold float64 // a row counts as positive if its score is at least this
}

// steps returns how many negative and positive rows (fp, tp) have a score of at
// least each of the thresholds, which are the scores in descending order, each
// once: rows of the same score are never told apart.
func steps(name string, labels []bool, scores []float64) (thresholds []float64, fp, tp []int) {
	checkScores(name, labels, scores)
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		switch {
		case scores[i] > scores[j]:
			return -1
		case scores[i] < scores[j]:
			return 1
		}
		return 0
	})
	negatives, positives := 0, 0
	for k, i := range order {
		if labels[i] {
			positives++
		} else {
			negatives++
		}
		if k+1 == len(order) || scores[order[k+1]] != scores[i] {
			thresholds, fp, tp = append(thresholds, scores[i]), append(fp, negatives), append(tp, positives)
		}
	}
	if positives == 0 || negatives == 0 {
		panic(fmt.Sprintf("report.%s: labels: %d positive and %d negative rows; there must be some of both", name, positives, negatives))
	}
	return thresholds, fp, tp
}

func checkScores(name string, labels []bool, scores []float64) {
	if len(labels) != len(scores) {
		panic(fmt.Sprintf("report.%s: len(labels) = %d, len(scores) = %d", name, len(labels), len(scores)))
	}
	if len(labels) == 0 {
		panic(fmt.Sprintf("report.%s: no rows", name))
	}
	for i, s := range scores {
		if math.IsNaN(s) {
			panic(fmt.Sprintf("report.%s: scores[%d] is NaN", name, i))
		}
	}
}

// ROC returns the receiver operating characteristic: for every threshold, in
// descending order, the part of the negative rows that count as positive (X) and
// the part of the positive rows that do (Y). It begins with a threshold of
// infinity at (0, 0) and ends at (1, 1). It is roc_curve of scikit-learn with
// drop_intermediate=False. It panics if the lengths differ, a score is NaN, or
// the rows are not of both classes.
func ROC(labels []bool, scores []float64) []Point {
	thresholds, fp, tp := steps("ROC", labels, scores)
	last := len(thresholds) - 1
	curve := []Point{{0, 0, math.Inf(1)}}
	for k, t := range thresholds {
		curve = append(curve, Point{float64(fp[k]) / float64(fp[last]), float64(tp[k]) / float64(tp[last]), t})
	}
	return curve
}

// PrecisionRecall returns, for every threshold in descending order, the part of
// the positive rows that count as positive, the recall (X), and the part of the
// rows that count as positive that are, the precision (Y). It begins with
// recall 0 and precision 1, by definition, and ends with recall 1 and the part
// of the rows that are positive. It is precision_recall_curve of scikit-learn,
// the other way round. It panics as ROC does.
func PrecisionRecall(labels []bool, scores []float64) []Point {
	thresholds, fp, tp := steps("PrecisionRecall", labels, scores)
	last := len(thresholds) - 1
	curve := []Point{{0, 1, math.Inf(1)}}
	for k, t := range thresholds {
		curve = append(curve, Point{float64(tp[k]) / float64(tp[last]), float64(tp[k]) / float64(fp[k]+tp[k]), t})
	}
	return curve
}

// Area returns the area under a curve whose X never decreases, by trapezoids. Of
// a ROC it is the probability that a positive row has a greater score than a
// negative one, ties counting half: roc_auc_score of scikit-learn.
func Area(curve []Point) float64 {
	var area float64
	for k := 1; k < len(curve); k++ {
		area += float64(float64((curve[k].X-curve[k-1].X)*(curve[k].Y+curve[k-1].Y)) / 2)
	}
	return area
}

// AveragePrecision returns the mean of the precision over the recall: the area
// under the steps of a PrecisionRecall curve, not under trapezoids, which
// flatter. It is average_precision_score of scikit-learn.
func AveragePrecision(curve []Point) float64 {
	var area float64
	for k := 1; k < len(curve); k++ {
		area += float64((curve[k].X - curve[k-1].X) * curve[k].Y)
	}
	return area
}

// A Bin are the rows whose scores lie in an interval.
type Bin struct {
	Low, High float64 // of the interval, without Low unless it is 0
	Rows      int
	Score     float64 // mean of the scores
	Positive  float64 // part of the rows that are positive
}

// Calibration cuts the interval from 0 to 1 into so many bins of the same width
// and returns those that hold rows. It is calibration_curve of scikit-learn,
// with the strategy "uniform". It panics if the lengths differ, a score is not
// between 0 and 1, or bins < 1.
func Calibration(labels []bool, scores []float64, bins int) []Bin {
	checkScores("Calibration", labels, scores)
	if bins < 1 {
		panic(fmt.Sprintf("report.Calibration: bins = %d", bins))
	}
	edges := make([]float64, bins+1) // as numpy.linspace rounds them
	for i := range edges {
		edges[i] = float64(i) * (1 / float64(bins))
	}
	edges[bins] = 1
	all := make([]Bin, bins)
	for i, s := range scores {
		if s < 0 || s > 1 {
			panic(fmt.Sprintf("report.Calibration: scores[%d] = %g is not between 0 and 1", i, s))
		}
		k, _ := slices.BinarySearch(edges[1:bins], s)
		b := &all[k]
		b.Rows++
		b.Score += s
		if labels[i] {
			b.Positive++
		}
	}
	var filled []Bin
	for k, b := range all {
		if b.Rows > 0 {
			n := float64(b.Rows)
			filled = append(filled, Bin{edges[k], edges[k+1], b.Rows, b.Score / n, b.Positive / n})
		}
	}
	return filled
}

// Brier returns the mean squared difference between scores and labels, 0 or 1:
// brier_score_loss of scikit-learn. It panics if the lengths differ or a score
// is NaN.
func Brier(labels []bool, scores []float64) float64 {
	checkScores("Brier", labels, scores)
	var sum float64
	for i, s := range scores {
		if labels[i] {
			s = 1 - s
		}
		sum += float64(s * s)
	}
	return sum / float64(len(scores))
}

// A Confusion counts rows by class and by what they were taken for.
type Confusion struct{ TP, FN, FP, TN int }

// Confuse takes rows for positive whose score is at least threshold. It panics
// if the lengths differ or a score is NaN.
func Confuse(labels []bool, scores []float64, threshold float64) Confusion {
	checkScores("Confuse", labels, scores)
	var c Confusion
	for i, s := range scores {
		switch {
		case labels[i] && s >= threshold:
			c.TP++
		case labels[i]:
			c.FN++
		case s >= threshold:
			c.FP++
		default:
			c.TN++
		}
	}
	return c
}

// Accuracy is the part of the rows that were taken for what they are.
func (c Confusion) Accuracy() float64 { return ratio(c.TP+c.TN, c.TP+c.FN+c.FP+c.TN) }

// Precision is the part of the rows taken for positive that are, or 0.
func (c Confusion) Precision() float64 { return ratio(c.TP, c.TP+c.FP) }

// Recall is the part of the positive rows that were taken for positive, or 0.
func (c Confusion) Recall() float64 { return ratio(c.TP, c.TP+c.FN) }

// F1 is the harmonic mean of Precision and Recall, or 0.
func (c Confusion) F1() float64 { return ratio(2*c.TP, 2*c.TP+c.FP+c.FN) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
